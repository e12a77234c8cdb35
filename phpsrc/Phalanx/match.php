<?php

declare(strict_types=1);

use Phalanx\Engine;

// Composer includes this file with its autoloader: a binary that its copy of the classes does not fit is refused there.
if (\extension_loaded('phalanx')) {
    Engine::requireMatch();
}
