package io.nsfl.scheduler;

import io.nsfl.servicekit.access.NamespaceAccess;
import io.nsfl.storage.blob.BlobSettings;
import io.nsfl.storage.blob.s3.S3NamespaceAccess;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What asks the object store who may open which namespace. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StorageLoginProperties.class)
public class StorageLoginConfiguration {
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean(NamespaceAccess.class)
    @ConditionalOnProperty(name = StorageLoginProperties.PREFIX + ".type", havingValue = "s3")
    S3NamespaceAccess namespaceAccess(StorageLoginProperties properties) {
        return S3NamespaceAccess.open((BlobSettings.S3) properties.settings());
    }
}
