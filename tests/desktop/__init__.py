"""Pages and parts in real windows, without a screen; the gallery makes pictures of the parts."""
