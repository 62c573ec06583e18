"""Exchanges between real stores, over a cut link and a real socket."""
