"""Makes a bare clone runnable (standard library only)."""
