<?php

declare(strict_types=1);

namespace Phalanx\Messaging;

/** There is no connection to the server at the moment. It is made anew by itself: try again later. */
class NotConnectedException extends MessagingException
{
}
