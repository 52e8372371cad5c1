"""Detection: patterns of Jacobians and Hessians, found in what a function was recorded to do."""
