module example.com/words

go 1.26.0

require github.com/phalanx-php/phalanx v0.0.0

require golang.org/x/sys v0.49.0 // indirect

replace github.com/phalanx-php/phalanx => ../..
