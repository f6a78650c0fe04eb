"""The desk: Controlroom as a site. Small apps, thin: they ask rooms, save, show.

Layers, each importing only what stands below it: today > guests > review > jobs > songs > people > accounts.
"""
