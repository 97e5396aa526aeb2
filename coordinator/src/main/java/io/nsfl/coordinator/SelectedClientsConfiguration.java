package io.nsfl.coordinator;

import io.nsfl.coordinator.report.SchedulerReport;
import io.nsfl.coordinator.run.JobRun;
import io.nsfl.coordinator.run.RunIdentity;
import io.nsfl.coordinator.selection.ClientSelection;
import io.nsfl.coordinator.selection.SelectorClient;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.grpc.GrpcServerAddress;
import io.nsfl.servicekit.rest.PeerHttp;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.security.SecretClientInterceptor;
import io.nsfl.servicekit.time.Timers;
import io.nsfl.servicekit.tls.TransportSecurity;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** With a client-selector, and a job-scheduler that is told. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = CoordinatorConfiguration.DIRECT, havingValue = "false")
class SelectedClientsConfiguration {
    @Bean(destroyMethod = "close")
    ClientSelection clientSelection(
            CoordinatorProperties properties,
            InternalSecret secret,
            TransportSecurity security,
            Timers timers,
            ExecutorService threads) {
        return new SelectorClient(
                Channels.open(
                        properties.selectorAddress().orElseThrow(), security, SecretClientInterceptor.internal(secret)),
                timers,
                threads,
                new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5), new SecureRandom()));
    }

    @Bean
    @ConditionalOnProperty(name = CoordinatorConfiguration.SCHEDULED, havingValue = "true")
    SchedulerReport schedulerReport(
            CoordinatorProperties properties,
            RunIdentity identity,
            InternalSecret secret,
            TransportSecurity security,
            ObjectProvider<GrpcServerAddress> server,
            ObjectProvider<JobRun> run,
            ExecutorService threads,
            Timers timers) {
        return new SchedulerReport(
                PeerHttp.open(security),
                properties.schedulerAddress().orElseThrow(),
                secret,
                identity.ref(),
                () -> Optional.ofNullable(server.getObject()
                                .started()
                                .toCompletableFuture()
                                .getNow(null))
                        .map(port -> CoordinatorConfiguration.reachable(properties.bind()) + ":" + port)
                        .orElse(""),
                properties.reportPeriod(),
                CoordinatorConfiguration.mailbox("report", threads),
                timers,
                reason -> run.getObject().stop(reason),
                reason -> run.getObject().supersede(reason));
    }
}
