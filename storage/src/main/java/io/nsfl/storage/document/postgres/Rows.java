package io.nsfl.storage.document.postgres;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.query.Param;

/** The rows of one table. Changes compare and set: they say how many rows were still at that version, 0 or 1. */
interface Rows extends JpaRepository<Row, Long>, JpaSpecificationExecutor<Row> {
    @Modifying
    @Query("update Row row set row.data = :data where row.id = :id and row.version = :version")
    int replace(@Param("id") long id, @Param("version") long version, @Param("data") String data);

    @Modifying
    @Query("delete from Row row where row.id = :id and row.version = :version")
    int delete(@Param("id") long id, @Param("version") long version);
}
