<?php

declare(strict_types=1);

namespace Phalanx\Http\Exception;

/** More redirects than allowed, one that leads nowhere, or one that would send a body again that can be read only once. */
final class RedirectException extends RequestException
{
}
