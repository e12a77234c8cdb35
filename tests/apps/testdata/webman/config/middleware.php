<?php

return ['' => [app\middleware\Counted::class]];
