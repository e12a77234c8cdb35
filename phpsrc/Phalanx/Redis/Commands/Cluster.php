<?php

declare(strict_types=1);

namespace Phalanx\Redis\Commands;

use Phalanx\Redis\Client;

/**
 * Commands for the nodes of a cluster; each goes to one of them.
 *
 * @internal part of Phalanx\Redis and the other classes that have commands
 */
trait Cluster
{
    abstract protected function send(array $arguments, int $shape): mixed;

    /** Gives slots to the node. */
    public function clusterAddSlots(int ...$slots): bool
    {
        return $this->send(['CLUSTER', 'ADDSLOTS', $slots], Client::BOOL);
    }

    /** Gives slots to the node. */
    public function clusterAddSlotsRange(int $start, int $end): bool
    {
        return $this->send(['CLUSTER', 'ADDSLOTSRANGE', $start, $end], Client::BOOL);
    }

    /** Advances the node's epoch. */
    public function clusterBumpEpoch(): string
    {
        return $this->send(['CLUSTER', 'BUMPEPOCH'], Client::RAW);
    }

    /** How many nodes think that one has failed. */
    public function clusterCountFailureReports(string $node): int
    {
        return $this->send(['CLUSTER', 'COUNT-FAILURE-REPORTS', $node], Client::RAW);
    }

    /** How many keys the node has in a slot. */
    public function clusterCountKeysInSlot(int $slot): int
    {
        return $this->send(['CLUSTER', 'COUNTKEYSINSLOT', $slot], Client::RAW);
    }

    /** Takes slots from the node. */
    public function clusterDelSlots(int ...$slots): bool
    {
        return $this->send(['CLUSTER', 'DELSLOTS', $slots], Client::BOOL);
    }

    /** Takes slots from the node. */
    public function clusterDelSlotsRange(int $start, int $end): bool
    {
        return $this->send(['CLUSTER', 'DELSLOTSRANGE', $start, $end], Client::BOOL);
    }

    /** Makes a replica the master. $mode: 'FORCE' or 'TAKEOVER'. */
    public function clusterFailover(?string $mode = null): bool
    {
        return $this->send(['CLUSTER', 'FAILOVER', $mode ?? []], Client::BOOL);
    }

    /** Takes all slots from the node. */
    public function clusterFlushSlots(): bool
    {
        return $this->send(['CLUSTER', 'FLUSHSLOTS'], Client::BOOL);
    }

    /** Removes a node. */
    public function clusterForget(string $node): bool
    {
        return $this->send(['CLUSTER', 'FORGET', $node], Client::BOOL);
    }

    /**
     * Keys of a slot.
     *
     * @return list<string>
     */
    public function clusterGetKeysInSlot(int $slot, int $count): array
    {
        return $this->send(['CLUSTER', 'GETKEYSINSLOT', $slot, $count], Client::RAW);
    }

    /**
     * What CLUSTER can do.
     *
     * @return list<string>
     */
    public function clusterHelp(): array
    {
        return $this->send(['CLUSTER', 'HELP'], Client::RAW);
    }

    /**
     * The cluster's figures.
     *
     * @return array<string, string>
     */
    public function clusterInfo(): array
    {
        return $this->send(['CLUSTER', 'INFO'], Client::INFO);
    }

    /** The slot of a key. */
    public function clusterKeySlot(string $key): int
    {
        return $this->send(['CLUSTER', 'KEYSLOT', $key], Client::RAW);
    }

    /**
     * The connections between nodes.
     *
     * @return list<array<string, mixed>>
     */
    public function clusterLinks(): array
    {
        return $this->send(['CLUSTER', 'LINKS'], Client::MAPS);
    }

    /** Adds a node. */
    public function clusterMeet(string $host, int $port): bool
    {
        return $this->send(['CLUSTER', 'MEET', $host, $port], Client::BOOL);
    }

    /** The node's name. */
    public function clusterMyId(): string
    {
        return $this->send(['CLUSTER', 'MYID'], Client::RAW);
    }

    /** The nodes, a line each. */
    public function clusterNodes(): string
    {
        return $this->send(['CLUSTER', 'NODES'], Client::RAW);
    }

    /**
     * A master's replicas.
     *
     * @return list<string>
     */
    public function clusterReplicas(string $node): array
    {
        return $this->send(['CLUSTER', 'REPLICAS', $node], Client::RAW);
    }

    /** Makes the node a replica. */
    public function clusterReplicate(string $node): bool
    {
        return $this->send(['CLUSTER', 'REPLICATE', $node], Client::BOOL);
    }

    /** Makes the node forget the cluster. $mode: 'HARD' or 'SOFT'. */
    public function clusterReset(?string $mode = null): bool
    {
        return $this->send(['CLUSTER', 'RESET', $mode ?? []], Client::BOOL);
    }

    /** Writes the node's state. */
    public function clusterSaveConfig(): bool
    {
        return $this->send(['CLUSTER', 'SAVECONFIG'], Client::BOOL);
    }

    /** Sets the epoch of a new node. */
    public function clusterSetConfigEpoch(int $epoch): bool
    {
        return $this->send(['CLUSTER', 'SET-CONFIG-EPOCH', $epoch], Client::BOOL);
    }

    /** Says where a slot is. */
    public function clusterSetSlot(int $slot, string ...$arguments): bool
    {
        return $this->send(['CLUSTER', 'SETSLOT', $slot, $arguments], Client::BOOL);
    }

    /**
     * Slots and nodes.
     *
     * @return list<array<string, mixed>>
     */
    public function clusterShards(): array
    {
        return $this->send(['CLUSTER', 'SHARDS'], Client::MAPS);
    }

    /**
     * clusterReplicas() by its old name.
     *
     * @return list<string>
     */
    public function clusterSlaves(string $node): array
    {
        return $this->send(['CLUSTER', 'SLAVES', $node], Client::RAW);
    }

    /**
     * Ranges of slots and their nodes.
     *
     * @return list<list<mixed>>
     */
    public function clusterSlots(): array
    {
        return $this->send(['CLUSTER', 'SLOTS'], Client::RAW);
    }
}
