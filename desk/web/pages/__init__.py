"""The pages: each module names its routes and turns a call into a frozen view and a template."""
