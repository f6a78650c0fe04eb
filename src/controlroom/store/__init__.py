"""What has been made: the render cache, named by engine, plan and sources."""
