package left

func passed() {}
