package io.nsfl.proxy;

import io.nsfl.proxy.dataplane.DataPlane;
import io.nsfl.proxy.dataplane.NginxSettings;
import io.nsfl.proxy.door.Door;
import io.nsfl.proxy.door.DoorController;
import io.nsfl.proxy.insight.Counters;
import io.nsfl.proxy.insight.InsightController;
import io.nsfl.proxy.rebuild.Rebuild;
import io.nsfl.proxy.rebuild.SchedulerCalls;
import io.nsfl.proxy.route.RouteController;
import io.nsfl.proxy.route.RouteTable;
import io.nsfl.proxy.route.RouteToken;
import io.nsfl.proxy.surface.Surfaces;
import io.nsfl.servicekit.fault.RestFaultConfiguration;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.lifecycle.ConfigurationReport;
import io.nsfl.servicekit.lifecycle.MachineConfiguration;
import io.nsfl.servicekit.lifecycle.ServicePart;
import io.nsfl.servicekit.lifecycle.ServicePart.Stage;
import io.nsfl.servicekit.rest.PeerHttp;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.ScheduledTimers;
import io.nsfl.servicekit.tls.RestTls;
import io.nsfl.servicekit.tls.TlsConfiguration;
import io.nsfl.servicekit.tls.TlsProperties;
import io.nsfl.servicekit.tls.TransportSecurity;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;

/** All wiring of the proxy. What a test brings itself is not made. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ProxyProperties.class)
@Import({MachineConfiguration.class, RestFaultConfiguration.class, TlsConfiguration.class})
public class ProxyConfiguration {
    private static final Logger log = LoggerFactory.getLogger(ProxyConfiguration.class);

    @Bean(destroyMethod = "close")
    ScheduledTimers timers() {
        return new ScheduledTimers("proxy-timers");
    }

    @Bean(destroyMethod = "shutdownNow")
    ExecutorService proxyThreads() {
        return Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("proxy-", 0).factory());
    }

    @Bean
    @ConditionalOnMissingBean
    InternalSecret internalSecret(ProxyProperties properties) {
        ConfigurationReport.log(log, "proxy", "nsfl.proxy", properties);
        return InternalSecret.load(properties.internalSecretFile());
    }

    @Bean
    Surfaces surfaces(ProxyProperties properties, TransportSecurity security, TlsProperties tls) {
        return new Surfaces(
                properties.bind(),
                properties.routePort(),
                properties.doorPort(),
                new RestTls(security, tls.clientAuth()));
    }

    @Bean
    FilterRegistrationBean<Surfaces> surfaceFilter(Surfaces surfaces) {
        FilterRegistrationBean<Surfaces> registration = new FilterRegistrationBean<>(surfaces);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }

    @Bean
    Counters counters() {
        return new Counters();
    }

    @Bean
    RouteTable routeTable() {
        return new RouteTable();
    }

    @Bean
    RouteController routeController(RouteTable table, ProxyProperties properties, InternalSecret secret) {
        return new RouteController(
                table, new RouteToken(properties.token().isEmpty() ? secret.hex() : properties.token()));
    }

    /** Not there where no job-scheduler is named. */
    @Bean
    @ConditionalOnExpression("!'${nsfl.proxy.job-scheduler-address:}'.isEmpty()")
    Rebuild rebuild(
            ProxyProperties properties,
            InternalSecret secret,
            TransportSecurity security,
            RouteTable table,
            InstantSource clock,
            ScheduledTimers timers,
            ExecutorService proxyThreads) {
        return new Rebuild(
                new SchedulerCalls(PeerHttp.open(security), properties.jobSchedulerAddress(), secret),
                table,
                properties.rebuildInterval(),
                clock,
                timers,
                proxyThreads,
                new SecureRandom());
    }

    @Bean
    ServicePart rebuilding(Optional<Rebuild> rebuild) {
        if (rebuild.isEmpty()) {
            log.warn("JOB_SCHEDULER_ADDRESS is not set: after a restart routes are known when they are told again");
        }
        return new ServicePart(
                "rebuild",
                Stage.CONNECTIONS,
                () -> rebuild.ifPresent(Rebuild::start),
                () -> rebuild.ifPresent(Rebuild::close));
    }

    @Bean
    Door door(RouteTable table, ProxyProperties properties, TlsProperties tls, Optional<Rebuild> rebuild) {
        return new Door(
                table,
                properties.selectorAddress(),
                InetAddress::getByName,
                tls.authority(),
                () -> rebuild.ifPresent(Rebuild::wanted));
    }

    @Bean
    DoorController doorController(Door door, InternalSecret secret, Counters counters) {
        return new DoorController(door, secret, counters);
    }

    @Bean
    DataPlane dataPlane(
            ProxyProperties properties, ScheduledTimers timers, ExecutorService proxyThreads, Counters counters) {
        return new DataPlane(
                new NginxSettings(properties.nginx(), properties.configuration(), properties.directory()),
                properties.lookInterval(),
                new Mailbox("nginx", proxyThreads, failed -> log.error("nginx's supervision has a defect", failed)),
                timers,
                new Backoff(Duration.ofMillis(200), Duration.ofSeconds(10), new SecureRandom()),
                counters);
    }

    @Bean
    InsightController insightController(Counters counters, RouteTable table, DataPlane dataPlane) {
        return new InsightController(counters, table::size, dataPlane::serves);
    }
}
