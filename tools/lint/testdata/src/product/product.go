package product

func looked() {} // want "function looked"
