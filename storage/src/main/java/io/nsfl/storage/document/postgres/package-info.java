/**
 * The document-store port over PostgreSQL: a collection is a table {@code <name>(id serial primary key, data jsonb)}. Table names are
 * configuration, so there is no entity to map and this is JDBC.
 */
package io.nsfl.storage.document.postgres;
