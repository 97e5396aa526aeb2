package io.nsfl.servicekit.lifecycle;

import io.nsfl.protocol.ids.IdSource;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.UUID;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What a service takes from the machine it runs on. What a test or an embedding process brings itself is not made. */
@Configuration(proxyBeanMethods = false)
public class MachineConfiguration {
    @Bean
    @ConditionalOnMissingBean
    InstantSource clock() {
        return InstantSource.system();
    }

    @Bean
    @ConditionalOnMissingBean
    ZoneId zone() {
        return ZoneId.systemDefault();
    }

    @Bean
    @ConditionalOnMissingBean
    IdSource ids() {
        return () -> UUID.randomUUID().toString();
    }
}
