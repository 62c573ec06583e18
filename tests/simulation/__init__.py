"""The simulated world: laptops, hubs, sticks and a centre with real stores and the real exchange, over links,
disks and clocks that fail as a seed says. What is random comes from that one seed. Here are the world, its
steps, the invariants and the search for a short history that breaks one; tests of single functions are not.
"""
