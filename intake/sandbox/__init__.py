"""Reading of outside octets in processes of their own: what may go wrong there stays there."""
