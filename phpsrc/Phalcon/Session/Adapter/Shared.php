<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Session\Adapter;

use Phalcon\Storage\AdapterFactory;

/**
 * Sessions in memory that all workers of the server process share: no server, no files, and none left when the server
 * process ends. Options are those of Phalcon\Storage\Adapter\Shared; the name is 'phalcon-sessions', so that cached
 * pages do not push sessions out, the lifetime session.gc_maxlifetime. Not in the extension.
 */
class Shared extends AbstractAdapter
{
    public function __construct(AdapterFactory $factory, array $options = [])
    {
        $options['name'] ??= 'phalcon-sessions';
        $options['prefix'] ??= 'sess-shrd-';
        $options['stripPrefix'] ??= false;
        $options['lifetime'] ??= max(1, (int) ini_get('session.gc_maxlifetime'));
        $this->adapter = $factory->newInstance('shared', $options);
    }
}
