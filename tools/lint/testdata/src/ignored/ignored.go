package ignored

func plain() {} // want "words: function plain"

//lint:ignore words it is known
func before() {}

func after() {} //lint:ignore words it is known

//lint:ignore others it is known
func other() {} // want "words: function other"

/* want "words: this comment has no reason" */ //lint:ignore words
func silent()                                  {}

var nothing int /* want "words: this comment silences nothing" */ //lint:ignore words it is known

var _, _, _, _, _ = plain, before, after, other, silent
