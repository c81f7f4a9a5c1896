"""What a snapshot is, in the terms of DCAT, VoID and PROV."""
