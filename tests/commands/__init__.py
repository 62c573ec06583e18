"""The commands as a person types them; what each does is tested where the work is done."""
