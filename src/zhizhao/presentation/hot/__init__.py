"""What showing and redeeming do inside a batch, in the driver's own SQL."""
