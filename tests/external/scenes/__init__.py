"""What HelseNorge does with a clinic: each module registers its scenes."""
