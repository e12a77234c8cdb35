<?php

declare(strict_types=1);

namespace Phalanx\Messaging;

/** Who got the request could not answer it: its handler threw. */
class RemoteException extends MessagingException
{
}
