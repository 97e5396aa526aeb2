package io.nsfl.modelmanager;

import io.nsfl.servicekit.lifecycle.ConfigurationProblems;
import io.nsfl.storage.blob.BlobSettings;
import io.nsfl.storage.document.DatabaseSettings;
import io.nsfl.storage.document.DatabaseType;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;

/**
 * The model-manager's configuration; {@code nsfl-model-manager.yaml} says which environment variable sets what. All problems are told at
 * once.
 *
 * @param dbType {@code postgreSQL}, {@code mongo} or {@code memory}
 * @param dbAddress {@code host:port}
 * @param dbUsername the database's user
 * @param dbPassword its password; may be empty
 * @param dbName the database
 * @param dbCollectionName table of the models; another with {@code _versions} behind its name counts their versions
 * @param dbRetryInterval between two tries to reach the database; seconds where no unit is given
 * @param workspace root of the storage where it is {@code posix}: the models' directory and the namespaces are in it
 * @param modelsDir name of the directory, with {@code s3} the bucket, of all models
 * @param storageType {@code posix} or {@code s3}
 * @param storageEndpoint address of the S3 server
 * @param accessKey user of the S3 server
 * @param secretKey that user's password
 * @param storageCertificate authority of the S3 server's certificate as PEM; empty = those that the JDK trusts
 * @param heartbeatTimeout longest silence of an upload; seconds where no unit is given
 * @param retryTimeout before a failed copy or deletion is tried again; seconds where no unit is given
 * @param retryTimes how often a failed copy is tried again
 * @param largestModel size of the largest file that is taken through REST
 * @param internalSecretFile of the server side's secret, made if absent
 */
@ConfigurationProperties(prefix = "nsfl.model-manager", ignoreUnknownFields = false)
public record ModelManagerProperties(
        @DefaultValue("") String dbType,
        @DefaultValue("") String dbAddress,
        @DefaultValue("") String dbUsername,
        @DefaultValue("") String dbPassword,
        @DefaultValue("federated_learning") String dbName,
        @DefaultValue("models") String dbCollectionName,

        @DefaultValue("1") @DurationUnit(ChronoUnit.SECONDS) Duration dbRetryInterval,

        @DefaultValue("/workspace") Path workspace,
        @DefaultValue("models") String modelsDir,
        @DefaultValue("posix") String storageType,
        @DefaultValue("") String storageEndpoint,
        @DefaultValue("") String accessKey,
        @DefaultValue("") String secretKey,
        @DefaultValue("") String storageCertificate,

        @DefaultValue("10") @DurationUnit(ChronoUnit.SECONDS)
        Duration heartbeatTimeout,

        @DefaultValue("10") @DurationUnit(ChronoUnit.SECONDS)
        Duration retryTimeout,

        @DefaultValue("3") int retryTimes,
        @DefaultValue("64GB") DataSize largestModel,
        @DefaultValue("/var/lib/nsfl/internal-secret") Path internalSecretFile) {
    private static final Pattern TABLE = Pattern.compile("[a-z_][a-z0-9_]{0,30}");
    private static final Pattern DIRECTORY = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}");
    private static final int DATABASE_CONNECTIONS = 4;
    private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(3);
    /** What the original does: four tries in all. */
    private static final int DATABASE_TRIES = 4;

    public ModelManagerProperties {
        ConfigurationProblems problems = new ConfigurationProblems("model-manager");
        boolean memory = dbType.equalsIgnoreCase("memory");
        problems.unless(!dbType.isBlank(), "DB_TYPE", dbType, "postgreSQL, mongo or memory is needed");
        problems.unless(memory || !dbAddress.isBlank(), "DB_ADDRESS", dbAddress, "the database's address is needed");
        problems.unless(!dbName.isBlank(), "DB_NAME", dbName, "the database's name is needed");
        problems.unless(
                TABLE.matcher(dbCollectionName).matches(),
                "DB_COLLECTION_NAME",
                dbCollectionName,
                "lower case letters, digits and underscores, at most 31, are allowed");
        problems.unless(
                DIRECTORY.matcher(modelsDir).matches(), "MODELS_DIR", modelsDir, "the name of one directory is needed");
        boolean s3 = storageType.equalsIgnoreCase("s3");
        problems.unless(
                s3 || storageType.equalsIgnoreCase("posix"), "STORAGE_TYPE", storageType, "posix or s3 is needed");
        problems.unless(!s3 || !storageEndpoint.isBlank(), "STORAGE_ENDPOINT", storageEndpoint, "s3 needs it");
        problems.unless(!s3 || !accessKey.isBlank(), "ACCESS_KEY", "nothing", "s3 needs it");
        problems.unless(!s3 || !secretKey.isBlank(), "SECRET_KEY", "nothing", "s3 needs it");
        problems.unless(heartbeatTimeout.isPositive(), "HEARTBEAT_TIMEOUT", heartbeatTimeout, "at least 1 s is needed");
        problems.unless(retryTimeout.isPositive(), "RETRY_TIMEOUT", retryTimeout, "at least 1 s is needed");
        problems.unless(retryTimes >= 0, "RETRY_TIMES", retryTimes, "0 or more is needed");
        problems.unless(!dbRetryInterval.isNegative(), "DB_RETRY_INTERVAL", dbRetryInterval, "0 or more is needed");
        problems.unless(largestModel.toBytes() > 0, "LARGEST_MODEL", largestModel, "a size above 0 is needed");
        problems.raise();
    }

    /** Where the documents are. */
    DatabaseSettings database() {
        return new DatabaseSettings(
                DatabaseType.of(dbType),
                dbAddress,
                dbName,
                dbUsername,
                dbPassword,
                DATABASE_CONNECTIONS,
                DATABASE_PATIENCE,
                new DatabaseSettings.Retry(DATABASE_TRIES, dbRetryInterval, dbRetryInterval));
    }

    /** Where the files are. */
    BlobSettings storage() {
        return BlobSettings.of(storageType, workspace, storageEndpoint, accessKey, secretKey, storageCertificate);
    }
}
