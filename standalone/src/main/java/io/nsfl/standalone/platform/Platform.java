package io.nsfl.standalone.platform;

import io.nsfl.modelmanager.ModelManagerApplication;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.scheduler.SchedulerApplication;
import io.nsfl.selector.SelectorApplication;
import io.nsfl.servicekit.grpc.GrpcServerAddress;
import io.nsfl.standalone.client.LocalClient;
import io.nsfl.standalone.home.Addresses;
import io.nsfl.standalone.home.Credentials;
import io.nsfl.standalone.home.Java;
import io.nsfl.standalone.home.NsflHome;
import io.nsfl.standalone.home.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * Database, object store, client-selector, model-manager and job-scheduler in one process on loopback, each service a context with properties of its
 * own, behind one API address.
 */
final class Platform implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Platform.class);

    /** The namespace that is there from the beginning. */
    private static final String NAMESPACE = "default";

    private static final String COORDINATOR_CONFIGS = "coordinator_configs";

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final NsflHome home;
    private final ConfigurableApplicationContext scheduler;

    private Platform(NsflHome home, Ports wanted, SecureRandom random) throws Exception {
        this.home = home;
        Ports ports = wanted.orRemembered(home.ports());
        Credentials credentials = new Credentials(home, random);
        credentials.internal();
        Files.createDirectories(home.workspace().resolve(NAMESPACE));
        Database database = started(Database.start(home.database(), credentials.databasePassword()));
        ObjectStore store = started(
                ObjectStore.start(home.workspace(), ports.data(), Credentials.DATA_USER, credentials.dataPassword()));
        ConfigurableApplicationContext selector =
                started(SelectorApplication.start(selector(database, credentials, ports.door())));
        int doorPort = selector.getBean(GrpcServerAddress.class).port();
        String door = "127.0.0.1:" + doorPort;
        ConfigurableApplicationContext models =
                started(run(ModelManagerApplication.builder(), modelManager(database, credentials)));
        String modelManager = "127.0.0.1:" + port(models);
        this.scheduler = started(run(
                SchedulerApplication.builder(),
                schedulerProperties(database, credentials, door, modelManager, ports.scheduler())));
        ApiFront front = started(ApiFront.start(ports.api(), "127.0.0.1:" + port(scheduler), modelManager));
        new Ports(front.port(), store.port(), doorPort, port(scheduler)).write(home.ports());
        Addresses addresses = new Addresses(ProcessHandle.current().pid(), front.address(), store.address(), door);
        CtlSettings.write(home.ctlConfig(), addresses, credentials);
        addresses.write(home.addresses());
        LOG.info("The platform is up: {}", addresses);
    }

    static Platform start(NsflHome home, Ports wanted, SecureRandom random) throws Exception {
        return new Platform(home, wanted, random);
    }

    ConfigurableApplicationContext scheduler() {
        return scheduler;
    }

    private <T extends AutoCloseable> T started(T part) {
        parts.push(part);
        return part;
    }

    private Map<String, Object> selector(Database database, Credentials credentials, int port) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("spring.grpc.server.address", "127.0.0.1");
        properties.put("spring.grpc.server.port", port);
        properties.put(
                "nsfl.selector.internal-secret-file", home.internalSecret().toString());
        properties.put("nsfl.selector.report-period", "10s");
        properties.put("nsfl.selector.database.type", "postgresql");
        properties.put("nsfl.selector.database.address", database.address());
        properties.put("nsfl.selector.database.name", Database.NAME);
        properties.put("nsfl.selector.database.username", Database.USER);
        properties.put("nsfl.selector.database.password", credentials.databasePassword());
        return properties;
    }

    /** The files of models lie where the object store shows them: the bucket is a directory of the workspace. */
    private Map<String, Object> modelManager(Database database, Credentials credentials) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("server.address", "127.0.0.1");
        properties.put("server.port", 0);
        properties.put("nsfl.model-manager.db-type", "postgreSQL");
        properties.put("nsfl.model-manager.db-address", database.address());
        properties.put("nsfl.model-manager.db-name", Database.NAME);
        properties.put("nsfl.model-manager.db-username", Database.USER);
        properties.put("nsfl.model-manager.db-password", credentials.databasePassword());
        properties.put(
                "nsfl.model-manager.internal-secret-file", home.internalSecret().toString());
        properties.put("nsfl.model-manager.storage-type", "posix");
        properties.put("nsfl.model-manager.workspace", home.workspace().toString());
        return properties;
    }

    private Map<String, Object> schedulerProperties(
            Database database, Credentials credentials, String door, String modelManager, int port) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("server.address", "127.0.0.1");
        properties.put("server.port", port);
        properties.put("nsfl.scheduler.db-address", database.address());
        properties.put("nsfl.scheduler.db-name", Database.NAME);
        properties.put("nsfl.scheduler.db-username", Database.USER);
        properties.put("nsfl.scheduler.db-password", credentials.databasePassword());
        properties.put("nsfl.scheduler.selector-address", door);
        properties.put("nsfl.scheduler.job-scheduler-address", "");
        properties.put("nsfl.scheduler.model-manager-address", modelManager);
        properties.put("nsfl.scheduler.workspace", home.workspace().toString());
        properties.put("nsfl.scheduler.temp-dir", COORDINATOR_CONFIGS);
        properties.put("nsfl.scheduler.deployment-way", "process");
        properties.put("nsfl.scheduler.state-directory", home.coordinators().toString());
        properties.put(
                "nsfl.scheduler.internal-secret-file", home.internalSecret().toString());
        extenderPython().ifPresent(python -> properties.put("nsfl.extender.python", python));
        List<String> command =
                Java.command(home, "coordinator", List.of(), "io.nsfl.coordinator.CoordinatorApplication");
        for (int i = 0; i < command.size(); i++) {
            properties.put("nsfl.scheduler.coordinator-command[" + i + "]", command.get(i));
        }
        return properties;
    }

    /** One of the environments for scripts, where there is one: they have numpy. */
    private Optional<String> extenderPython() {
        return Stream.of(Runtime.PYTORCH, Runtime.TENSORFLOW)
                .map(runtime -> LocalClient.python(home, runtime))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private static ConfigurableApplicationContext run(
            SpringApplicationBuilder service, Map<String, Object> properties) {
        return service.initializers(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new MapPropertySource("standalone", properties)))
                .run();
    }

    private static int port(ConfigurableApplicationContext context) {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    /** Stops the parts, the last started first. */
    @Override
    public void close() {
        try {
            Path addresses = home.addresses();
            Files.deleteIfExists(addresses);
        } catch (IOException e) {
            LOG.warn("The file of addresses could not be removed", e);
        }
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("{} did not stop in order", part.getClass().getSimpleName(), e);
            }
        }
    }
}
