package io.nsfl.scheduler;

import io.nsfl.scheduler.reference.ApiDocument;
import io.nsfl.scheduler.reference.PageFiles;
import io.nsfl.scheduler.reference.ReferenceController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wiring of what explains the REST surface. */
@Configuration(proxyBeanMethods = false)
class ReferenceConfiguration {
    @Bean
    ReferenceController referenceController() {
        return new ReferenceController(ApiDocument.load(), new PageFiles());
    }
}
