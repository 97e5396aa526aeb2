package io.nsfl.storage.document.postgres;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** One document as the tables hold it. Which table it is, {@link Mapping} says: their names are configuration. */
@Entity
@Table(name = "documents")
class Row {
    @Id
    private Long id;

    /** The document's JSON with its version in it: the table that the guide creates has no column for one. */
    @JdbcTypeCode(SqlTypes.JSON)
    private String data;

    @Formula(Statements.VERSION_OF_ROW)
    private long version;

    /** For JPA. */
    protected Row() {}

    long id() {
        return id;
    }

    String data() {
        return data;
    }
}
