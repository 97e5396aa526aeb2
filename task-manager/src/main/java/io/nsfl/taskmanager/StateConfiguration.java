package io.nsfl.taskmanager;

import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.servicekit.lifecycle.ConfigurationReport;
import io.nsfl.taskmanager.fetch.ArtifactCache;
import io.nsfl.taskmanager.quota.StorageQuota;
import io.nsfl.taskmanager.state.RunStates;
import io.nsfl.taskmanager.task.ClientStore;
import io.nsfl.taskmanager.task.StorePlace;
import io.nsfl.taskmanager.task.TaskFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What outlasts this process: the store of its tasks, its identity, and the room it may fill. */
@Configuration(proxyBeanMethods = false)
class StateConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(StateConfiguration.class);

    @Bean
    ClientStore clientStore(TaskManagerProperties properties) {
        ConfigurationReport.log(LOG, "task-manager", "setup", properties);
        LOG.info(properties.scriptPolicy().describe());
        StorePlace place = StorePlace.choose(
                properties.lmdbPath(),
                properties.workspace(),
                nodeLocalStore(properties.lmdbPath()),
                directory -> Files.getFileStore(directory).type());
        if (place.moved()) {
            LOG.warn(
                    "lmdb_path {} lies on a shared file system, where the task store would be damaged; it is kept at {} on this"
                            + " node instead. Give a directory on a local disk that outlives this process to be rid of this warning.",
                    properties.lmdbPath(),
                    place.directory());
        }
        return ClientStore.open(place.directory());
    }

    /** One for each path that was asked for: several clients of a node share no store. */
    static Path nodeLocalStore(Path asked) {
        String name = UUID.nameUUIDFromBytes(asked.toString().getBytes(StandardCharsets.UTF_8))
                .toString();
        return Path.of(System.getProperty("user.home"), ".nsfl", "lmdb", name);
    }

    /** Where the setup puts the store, also where that had to be kept elsewhere: the client must be the same one after a restart. */
    @Bean
    ClientKey clientKey(TaskManagerProperties properties, ClientStore store, Machine machine) {
        ClientKey key = ClientKey.loadOrCreate(properties.lmdbPath().resolve("identity"), machine.random());
        LOG.info("This client is {}", key.identity().id());
        return key;
    }

    @Bean
    StorageQuota storageQuota(TaskManagerProperties properties) {
        return new StorageQuota(properties.workspace(), properties.storageQuotaMb() << 20);
    }

    @Bean
    RunStates runStates(TaskManagerProperties properties, ClientStore store, Machine machine) throws IOException {
        return new RunStates(
                Files.createDirectories(stateOfRuns(properties)),
                store,
                properties.storageQuotaMb() << 20,
                machine.clock());
    }

    static Path stateOfRuns(TaskManagerProperties properties) {
        return properties.own().resolve("state");
    }

    @Bean
    TaskFiles taskFiles(TaskManagerProperties properties) {
        return new TaskFiles(properties.workspace());
    }

    @Bean
    ArtifactCache artifactCache(TaskManagerProperties properties) {
        return new ArtifactCache(properties.own().resolve("cache"), properties.storageQuotaMb() << 20);
    }
}
