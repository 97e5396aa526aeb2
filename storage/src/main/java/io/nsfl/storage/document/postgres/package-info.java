/**
 * The document-store port over PostgreSQL: a collection is a table {@code <name>(id serial primary key, data jsonb)}. One entity
 * maps them all, each in a persistence unit of its own, because table names are configuration. Nothing outside this package knows JPA.
 */
package io.nsfl.storage.document.postgres;
