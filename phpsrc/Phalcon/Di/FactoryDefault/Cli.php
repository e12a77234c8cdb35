<?php

declare(strict_types=1);

namespace Phalcon\Di\FactoryDefault;

use Phalcon\Annotations\Adapter\Memory as AnnotationsMemory;
use Phalcon\Cli\Dispatcher;
use Phalcon\Cli\Router;
use Phalcon\Di\FactoryDefault;
use Phalcon\Di\Service;
use Phalcon\Encryption\Security;
use Phalcon\Events\Manager as EventsManager;
use Phalcon\Filter\FilterFactory;
use Phalcon\Html\Escaper;
use Phalcon\Html\TagFactory;
use Phalcon\Mvc\Model\Manager as ModelManager;
use Phalcon\Mvc\Model\MetaData\Memory as ModelMetaDataMemory;
use Phalcon\Mvc\Model\Transaction\Manager as TransactionManager;
use Phalcon\Queue\QueueFactory;
use Phalcon\Support\HelperFactory;
use Phalcon\Support\Settings;

/** A container with the services of a command line application. */
class Cli extends FactoryDefault
{
    public function __construct()
    {
        parent::__construct();
        $this->services = array_map(static fn ($definition) => new Service($definition, true), [
            'annotations' => AnnotationsMemory::class,
            'dispatcher' => Dispatcher::class,
            'escaper' => Escaper::class,
            'eventsManager' => EventsManager::class,
            'filter' => new FilterFactory()->newInstance(),
            'helper' => HelperFactory::class,
            'settings' => Settings::class,
            'modelsManager' => ModelManager::class,
            'modelsMetadata' => ModelMetaDataMemory::class,
            'queueFactory' => QueueFactory::class,
            'router' => Router::class,
            'security' => Security::class,
            'tag' => [
                'className' => TagFactory::class,
                'arguments' => [['type' => 'service', 'name' => 'escaper']],
            ],
            'transactionManager' => TransactionManager::class,
        ]);
    }
}
