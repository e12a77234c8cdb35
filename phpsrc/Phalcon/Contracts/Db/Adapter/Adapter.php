<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Db\Adapter;

use Phalcon\Db\Adapter\AdapterInterface;
use Phalcon\Db\ColumnInterface;
use Phalcon\Db\DialectInterface;
use Phalcon\Db\IndexInterface;
use Phalcon\Db\RawValue;
use Phalcon\Db\ReferenceInterface;
use Phalcon\Db\ResultInterface;

/** A connection to a database. */
interface Adapter
{
    public function addColumn(string $tableName, string $schemaName, ColumnInterface $column): bool;

    public function addForeignKey(string $tableName, string $schemaName, ReferenceInterface $reference): bool;

    public function addIndex(string $tableName, string $schemaName, IndexInterface $index): bool;

    public function addPrimaryKey(string $tableName, string $schemaName, IndexInterface $index): bool;

    public function affectedRows(): int;

    public function begin(bool $nesting = true): bool;

    public function close(): void;

    public function commit(bool $nesting = true): bool;

    public function connect(array $descriptor = []): void;

    public function createSavepoint(string $name): bool;

    public function createTable(string $tableName, string $schemaName, array $definition): bool;

    public function createView(string $viewName, array $definition, ?string $schemaName = null): bool;

    public function delete(
        $table,
        ?string $whereCondition = null,
        array $placeholders = [],
        array $dataTypes = []
    ): bool;

    public function describeColumns(string $table, ?string $schema = null): array;

    public function describeIndexes(string $table, ?string $schema = null): array;

    public function describeReferences(string $table, ?string $schema = null): array;

    public function dropColumn(string $tableName, string $schemaName, string $columnName): bool;

    public function dropForeignKey(string $tableName, string $schemaName, string $referenceName): bool;

    public function dropIndex(string $tableName, string $schemaName, string $indexName): bool;

    public function dropPrimaryKey(string $tableName, string $schemaName): bool;

    public function dropTable(string $tableName, ?string $schemaName = null, bool $ifExists = true): bool;

    public function dropView(string $viewName, ?string $schemaName = null, bool $ifExists = true): bool;

    public function escapeIdentifier($identifier): string;

    public function escapeString(string $str): string;

    public function execute(string $sqlStatement, array $bindParams = [], array $bindTypes = []): bool;

    public function fetchAll(
        string $sqlQuery,
        int $fetchMode = 2,
        array $bindParams = [],
        array $bindTypes = []
    ): array;

    public function fetchColumn(string $sqlQuery, array $placeholders = [], $column = 0): string|bool;

    public function fetchOne(
        string $sqlQuery,
        int $fetchMode = 2,
        array $bindParams = [],
        array $bindTypes = []
    ): array;

    public function forUpdate(string $sqlQuery, string $modifier = ''): string;

    public function getColumnDefinition(ColumnInterface $column): string;

    public function getColumnList($columnList): string;

    public function getConnectionId(): int;

    public function getDescriptor(): array;

    public function getDialect(): DialectInterface;

    public function getDialectType(): string;

    public function getDefaultIdValue(): RawValue;

    public function getDefaultValue(): ?RawValue;

    public function getInternalHandler();

    public function getNestedTransactionSavepointName(): string;

    public function getRealSQLStatement(): string;

    public function getSQLBindTypes(): array;

    public function getSQLStatement(): string;

    public function getSQLVariables(): array;

    public function getType(): string;

    public function insert(string $table, array $values, $fields = null, $dataTypes = null): bool;

    public function insertAsDict(string $table, $data, $dataTypes = null): bool;

    public function isNestedTransactionsWithSavepoints(): bool;

    public function isUnderTransaction(): bool;

    public function lastInsertId(?string $name = null): string|bool;

    public function limit(string $sqlQuery, $number): string;

    public function listTables(?string $schemaName = null): array;

    public function listViews(?string $schemaName = null): array;

    public function modifyColumn(
        string $tableName,
        string $schemaName,
        ColumnInterface $column,
        ?ColumnInterface $currentColumn = null
    ): bool;

    public function query(string $sqlStatement, array $bindParams = [], array $bindTypes = []): ResultInterface|bool;

    public function releaseSavepoint(string $name): bool;

    public function rollback(bool $nesting = true): bool;

    public function rollbackSavepoint(string $name): bool;

    public function sharedLock(string $sqlQuery, string $modifier = ''): string;

    public function setNestedTransactionsWithSavepoints(bool $nestedTransactionsWithSavepoints): AdapterInterface;

    public function supportSequences(): bool;

    public function tableExists(string $tableName, ?string $schemaName = null): bool;

    public function tableOptions(string $tableName, ?string $schemaName = null): array;

    public function update(string $table, $fields, $values, $whereCondition = null, $dataTypes = null): bool;

    public function updateAsDict(string $table, $data, $whereCondition = null, $dataTypes = null): bool;

    public function useExplicitIdValue(): bool;

    public function supportsDefaultValue(): bool;

    public function viewExists(string $viewName, ?string $schemaName = null): bool;
}
