<?php

declare(strict_types=1);

function version(): string
{
    return 'v1';
}
