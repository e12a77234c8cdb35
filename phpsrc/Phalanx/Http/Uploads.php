<?php

declare(strict_types=1);

namespace Phalanx\Http;

use Workerman\Protocols\Http;

use function max;

/**
 * How forms with files are received. Settings of the calling worker: use them in onWorkerStart.
 */
final class Uploads
{
    private static int $memory = 1 << 20;

    /**
     * Bytes of a form that may be in memory; with $bytes it is changed, for requests that have not begun.
     *
     * From then on the form's files go to temporary files while they arrive, where Request::file() finds them; a form
     * that is smaller is one string, as in Workerman. Other fields stay in memory, 16 MiB of them at most.
     */
    public static function memory(?int $bytes = null): int
    {
        if ($bytes !== null) {
            self::$memory = max(1, $bytes);
            \phalanx_upload_options(Http::uploadTmpDir(), self::$memory);
        }

        return self::$memory;
    }
}
