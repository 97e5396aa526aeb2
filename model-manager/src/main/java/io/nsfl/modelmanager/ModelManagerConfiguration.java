package io.nsfl.modelmanager;

import io.nsfl.modelmanager.catalog.Creation;
import io.nsfl.modelmanager.catalog.Deletion;
import io.nsfl.modelmanager.catalog.VersionNumbers;
import io.nsfl.modelmanager.content.ContentController;
import io.nsfl.modelmanager.content.Contents;
import io.nsfl.modelmanager.copy.Copies;
import io.nsfl.modelmanager.intake.HealthController;
import io.nsfl.modelmanager.intake.ModelController;
import io.nsfl.modelmanager.intake.ModelIdController;
import io.nsfl.modelmanager.intake.ModelIntake;
import io.nsfl.modelmanager.intake.SourceAccess;
import io.nsfl.modelmanager.model.ModelFlow;
import io.nsfl.modelmanager.model.ModelTable;
import io.nsfl.modelmanager.recovery.Takeover;
import io.nsfl.modelmanager.upload.ByteUploads;
import io.nsfl.modelmanager.upload.Reports;
import io.nsfl.modelmanager.upload.Watchdog;
import io.nsfl.servicekit.access.AccessConfiguration;
import io.nsfl.servicekit.access.CallerRights;
import io.nsfl.servicekit.access.NamespaceAccess;
import io.nsfl.servicekit.access.NamespaceLookup;
import io.nsfl.servicekit.access.Role;
import io.nsfl.servicekit.fault.RestFaultConfiguration;
import io.nsfl.servicekit.lifecycle.ConfigurationReport;
import io.nsfl.servicekit.lifecycle.MachineConfiguration;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.time.ScheduledTimers;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.servicekit.tls.RestTlsConfiguration;
import io.nsfl.storage.BlobStores;
import io.nsfl.storage.DocumentStores;
import io.nsfl.storage.blob.BlobSettings;
import io.nsfl.storage.blob.BlobStore;
import io.nsfl.storage.blob.s3.S3NamespaceAccess;
import io.nsfl.storage.document.DocumentStore;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** All wiring of the model-manager. What a test or an embedding process brings itself is not made. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ModelManagerProperties.class)
@Import({MachineConfiguration.class, RestFaultConfiguration.class, AccessConfiguration.class, RestTlsConfiguration.class
})
public class ModelManagerConfiguration {
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean(Timers.class)
    ScheduledTimers timers() {
        return new ScheduledTimers("model-timers");
    }

    @Bean(destroyMethod = "shutdownNow")
    ExecutorService modelThreads() {
        return Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("model-", 0).factory());
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    DocumentStore documentStore(ModelManagerProperties properties) {
        ConfigurationReport.log(
                LoggerFactory.getLogger(ModelManagerApplication.class),
                "model-manager",
                "nsfl.model-manager",
                properties);
        return DocumentStores.open(properties.database());
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    BlobStore blobStore(ModelManagerProperties properties) {
        return BlobStores.open(properties.storage());
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean(NamespaceAccess.class)
    @ConditionalOnProperty(name = "nsfl.model-manager.storage-type", havingValue = "s3")
    S3NamespaceAccess namespaceAccess(ModelManagerProperties properties) {
        return S3NamespaceAccess.open((BlobSettings.S3) properties.storage());
    }

    @Bean
    @ConditionalOnMissingBean
    InternalSecret internalSecret(ModelManagerProperties properties) {
        return InternalSecret.loadOrCreate(properties.internalSecretFile(), new SecureRandom());
    }

    @Bean
    SourceAccess sourceAccess(CallerRights rights) {
        return namespace -> rights.require(namespace, Role.VIEWER);
    }

    @Bean
    NamespaceLookup namespaceLookup(ModelTable table) {
        return id -> table.findById(id).map(model -> model.key().model().namespace());
    }

    @Bean
    ModelTable modelTable(DocumentStore store, ModelManagerProperties properties) {
        return new ModelTable(store, properties.dbCollectionName());
    }

    @Bean(destroyMethod = "close")
    ModelFlow modelFlow(ModelTable table, Timers timers, ExecutorService modelThreads) {
        return new ModelFlow(table, timers, modelThreads);
    }

    @Bean
    Creation creation(
            ModelTable table,
            DocumentStore store,
            BlobStore blobs,
            ModelManagerProperties properties,
            InstantSource clock,
            ZoneId zone) {
        VersionNumbers numbers = new VersionNumbers(store, properties.dbCollectionName() + "_versions");
        return new Creation(table, numbers, blobs, properties.modelsDir(), clock, zone);
    }

    @Bean
    Deletion deletion(ModelFlow flow, ModelTable table, BlobStore blobs, ModelManagerProperties properties) {
        return new Deletion(flow, table, blobs, properties.retryTimeout());
    }

    @Bean
    Watchdog watchdog(ModelFlow flow, InstantSource clock, ModelManagerProperties properties) {
        return new Watchdog(flow, clock, properties.heartbeatTimeout());
    }

    @Bean
    Reports reports(ModelFlow flow, ModelTable table, BlobStore blobs, Watchdog watchdog) {
        return new Reports(flow, table, blobs, watchdog);
    }

    @Bean
    ByteUploads byteUploads(
            ModelFlow flow, ModelTable table, BlobStore blobs, Watchdog watchdog, ModelManagerProperties properties) {
        return new ByteUploads(
                flow, table, blobs, watchdog, properties.largestModel().toBytes());
    }

    @Bean
    Copies copies(ModelFlow flow, BlobStore blobs, ModelManagerProperties properties) {
        return new Copies(flow, blobs, properties.retryTimeout(), properties.retryTimes());
    }

    @Bean
    Contents contents(ModelFlow flow, ModelTable table, BlobStore blobs) {
        return new Contents(flow, table, blobs);
    }

    @Bean
    Takeover takeover(
            ModelTable table,
            ModelFlow flow,
            Copies copies,
            ByteUploads uploads,
            Watchdog watchdog,
            Deletion deletion,
            Timers timers,
            ExecutorService modelThreads) {
        return new Takeover(table, flow, copies, uploads, watchdog, deletion, timers, modelThreads);
    }

    @Bean
    ModelIntake modelIntake(
            Creation creation,
            Deletion deletion,
            Reports reports,
            Watchdog watchdog,
            Copies copies,
            SourceAccess sources,
            ModelManagerProperties properties) {
        return new ModelIntake(creation, deletion, reports, watchdog, copies, sources, properties.modelsDir());
    }

    @Bean
    ModelController modelController(ModelIntake intake, ModelTable table) {
        return new ModelController(intake, table);
    }

    @Bean
    ModelIdController modelIdController(ModelIntake intake, ModelTable table) {
        return new ModelIdController(intake, table);
    }

    @Bean
    ContentController contentController(ByteUploads uploads, Contents contents, ModelTable table) {
        return new ContentController(uploads, contents, table);
    }

    @Bean
    HealthController healthController() {
        return new HealthController();
    }
}
