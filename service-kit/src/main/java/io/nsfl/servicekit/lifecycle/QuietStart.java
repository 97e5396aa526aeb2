package io.nsfl.servicekit.lifecycle;

import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Takes the place of Spring Boot's own report of a failed start, which {@link ServiceMain} makes in one sentence. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class QuietStart implements SpringBootExceptionReporter {
    @Override
    public boolean reportException(Throwable failure) {
        return ServiceMain.reports();
    }
}
