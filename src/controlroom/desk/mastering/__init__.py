"""The mastering desk: a mix becomes a master on a page, heard before and after, on every system."""
