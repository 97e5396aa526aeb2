package io.nsfl.scheduler;

import io.nsfl.servicekit.lifecycle.ConfigurationProblems;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * The job-scheduler's configuration; {@code nsfl-job-scheduler.yaml} says which environment variable sets what. All problems are told at
 * once.
 *
 * @param dbType {@code postgreSQL} or {@code mongo}
 * @param dbAddress {@code host:port}
 * @param dbUsername the database's role
 * @param dbPassword its password; may be empty
 * @param dbName the database
 * @param dbCollectionName table of the jobs
 * @param selectorAddress {@code host:port} of the client-selector
 * @param jobSchedulerAddress {@code host:port} where coordinators report; empty = this machine at the port that was opened
 * @param modelManagerAddress {@code host:port} of the model-manager; empty = there is none
 * @param workspace the shared root, a directory per namespace in it
 * @param tempDir name of the directory of coordinator configurations in it
 * @param cloudOs {@code process}: coordinators are processes of this machine; {@code k8s}: they are pods
 * @param deploymentWay {@code cloud}: pods see the files of their job below a root of their own; else, and in processes, at the paths as they
 *     are; empty = {@code cloud} in pods
 * @param coordinatorCommand program and first arguments of a coordinator
 * @param coordinatorImage container image of a coordinator, for launchers that need one
 * @param reportPeriod between two heartbeats of a coordinator; seconds where no unit is given
 * @param resourceCheckMaxTimes after so many refusals of the selector a waiting job fails; 0 = it waits without limit
 * @param coordinatorHeartbeatTimeout silence after which a coordinator counts as lost; seconds where no unit is given
 * @param stateDirectory where the process launcher keeps what it launched
 * @param internalSecretFile of the server side's secret, made if absent
 */
@ConfigurationProperties(prefix = "nsfl.scheduler", ignoreUnknownFields = false)
public record SchedulerProperties(
        @DefaultValue("postgreSQL") String dbType,
        @DefaultValue("") String dbAddress,
        @DefaultValue("") String dbUsername,
        @DefaultValue("") String dbPassword,
        @DefaultValue("federated_learning") String dbName,
        @DefaultValue("jobs") String dbCollectionName,
        @DefaultValue("") String selectorAddress,
        @DefaultValue("") String jobSchedulerAddress,
        @DefaultValue("") String modelManagerAddress,
        @DefaultValue("/workspace") Path workspace,
        @DefaultValue("tmp") String tempDir,
        @DefaultValue("process") String cloudOs,
        @DefaultValue("") String deploymentWay,
        @DefaultValue List<String> coordinatorCommand,
        @DefaultValue("fl-coordinator:latest") String coordinatorImage,

        @DefaultValue("10") @DurationUnit(ChronoUnit.SECONDS)
        Duration reportPeriod,

        @DefaultValue("0") int resourceCheckMaxTimes,

        @DefaultValue("20") @DurationUnit(ChronoUnit.SECONDS)
        Duration coordinatorHeartbeatTimeout,

        @DefaultValue("/var/lib/nsfl/job-scheduler") Path stateDirectory,
        @DefaultValue("/var/lib/nsfl/internal-secret") Path internalSecretFile) {
    private static final Pattern ADDRESS = Pattern.compile("[^\\s:/]+:[0-9]{1,5}");
    private static final Pattern TABLE = Pattern.compile("[a-z_][a-z0-9_]{0,39}");
    private static final Pattern DIRECTORY = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}");

    public SchedulerProperties {
        coordinatorCommand = List.copyOf(coordinatorCommand);
        deploymentWay = deploymentWay.isBlank() ? cloudOs.equals("k8s") ? "cloud" : "process" : deploymentWay;
        ConfigurationProblems problems = new ConfigurationProblems("job-scheduler");
        problems.unless(
                dbType.equalsIgnoreCase("postgreSQL") || dbType.equalsIgnoreCase("mongo"),
                "DB_TYPE",
                dbType,
                "postgreSQL and mongo are the database types there are");
        problems.unless(
                ADDRESS.matcher(dbAddress).matches(), "DB_ADDRESS", dbAddress, "host:port of the database is needed");
        problems.unless(
                !dbUsername.isBlank() || dbType.equalsIgnoreCase("mongo"),
                "DB_USERNAME",
                dbUsername,
                "the database's user is needed");
        problems.unless(!dbName.isBlank(), "DB_NAME", dbName, "the database's name is needed");
        problems.unless(
                TABLE.matcher(dbCollectionName).matches(),
                "DB_COLLECTION_NAME",
                dbCollectionName,
                "lower case letters, digits and underscores, at most 40, are allowed");
        problems.unless(
                ADDRESS.matcher(selectorAddress).matches(),
                "SELECTOR_ADDRESS",
                selectorAddress,
                "host:port of the client-selector is needed");
        problems.unless(
                jobSchedulerAddress.isEmpty()
                        || ADDRESS.matcher(jobSchedulerAddress).matches(),
                "JOB_SCHEDULER_ADDRESS",
                jobSchedulerAddress,
                "host:port is needed, or nothing");
        problems.unless(
                modelManagerAddress.isEmpty()
                        || ADDRESS.matcher(modelManagerAddress).matches(),
                "MODEL_MANAGER_ADDRESS",
                modelManagerAddress,
                "host:port is needed, or nothing");
        problems.unless(
                DIRECTORY.matcher(tempDir).matches(), "TEMP_DIR", tempDir, "the name of one directory is needed");
        problems.unless(
                cloudOs.equals("process") || cloudOs.equals("k8s"),
                "CLOUD_OS",
                cloudOs,
                "k8s (coordinators are pods) and process (of this machine) are what there is");
        problems.unless(
                cloudOs.equals("k8s") || deploymentWay.equals("process"),
                "DEPLOYMENT_WAY",
                deploymentWay,
                "\"process\" is the way there is: coordinators run on this machine");
        problems.unless(
                !cloudOs.equals("k8s") || !jobSchedulerAddress.isEmpty(),
                "JOB_SCHEDULER_ADDRESS",
                jobSchedulerAddress,
                "pods need the host:port of this service's Service");
        problems.unless(
                !coordinatorCommand.isEmpty() || cloudOs.equals("k8s"),
                "nsfl.scheduler.coordinator-command",
                "nothing",
                "a command is needed");
        problems.unless(
                reportPeriod.compareTo(Duration.ZERO) > 0, "REPORT_PERIOD", reportPeriod, "at least 1 s is needed");
        problems.unless(
                coordinatorHeartbeatTimeout.compareTo(reportPeriod) > 0,
                "COORDINATOR_HEARTBEAT_TIMEOUT",
                coordinatorHeartbeatTimeout,
                "it has to be longer than REPORT_PERIOD");
        problems.unless(
                resourceCheckMaxTimes >= 0,
                "RESOURCE_CHECK_MAX_TIMES",
                resourceCheckMaxTimes,
                "a number is needed; 0 = without limit");
        problems.raise();
    }
}
