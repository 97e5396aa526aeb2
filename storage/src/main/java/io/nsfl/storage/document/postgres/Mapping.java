package io.nsfl.storage.document.postgres;

import jakarta.persistence.EntityManagerFactory;
import java.util.Map;
import javax.sql.DataSource;
import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.boot.model.naming.PhysicalNamingStrategyStandardImpl;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.cfg.MappingSettings;
import org.hibernate.cfg.QuerySettings;
import org.hibernate.engine.jdbc.env.spi.JdbcEnvironment;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;

/** Maps {@link Row} to one table of a configured name. */
final class Mapping {
    private Mapping() {}

    /** A persistence unit of one table. It asks nothing of the database, so a service starts while that is away. */
    static EntityManagerFactory to(String table, DataSource connections) {
        LocalContainerEntityManagerFactoryBean unit = new LocalContainerEntityManagerFactoryBean();
        unit.setPersistenceUnitName(table);
        unit.setDataSource(connections);
        unit.setManagedTypes(PersistenceManagedTypes.of(Row.class.getName()));
        unit.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        unit.setJpaPropertyMap(Map.of(
                MappingSettings.PHYSICAL_NAMING_STRATEGY,
                new NamedTable(table),
                JdbcSettings.JAKARTA_HBM2DDL_DB_NAME,
                "PostgreSQL",
                JdbcSettings.ALLOW_METADATA_ON_BOOT,
                false,
                QuerySettings.CRITERIA_PLAN_CACHE_ENABLED,
                true,
                // Whoever called is told; a key that is taken is an answer and nothing for a log.
                JdbcSettings.LOG_JDBC_ERRORS,
                false));
        unit.afterPropertiesSet();
        return unit.getObject();
    }

    /** Gives every entity, there being one, the same table. */
    private static final class NamedTable extends PhysicalNamingStrategyStandardImpl {
        private static final long serialVersionUID = 1;

        private final String table;

        private NamedTable(String table) {
            this.table = table;
        }

        @Override
        public Identifier toPhysicalTableName(Identifier name, JdbcEnvironment environment) {
            return Identifier.toIdentifier(table, true);
        }
    }
}
