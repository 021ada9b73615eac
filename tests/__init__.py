"""Tests: flat, one file for each module, named test_<package>_<module>."""
