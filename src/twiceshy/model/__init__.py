"""Frozen records that cross layers. Nothing here touches the world."""
