package io.nsfl.taskmanager;

import io.nsfl.servicekit.time.ScheduledTimers;
import io.nsfl.workload.process.Inheritable;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the machine gives: threads, time, randomness and environment. The one place that reads them. */
@Configuration(proxyBeanMethods = false)
class MachineConfiguration {
    @Bean
    Machine machine() {
        return new Machine(
                new SecureRandom(),
                InstantSource.system(),
                Inheritable.of(System.getenv()),
                Thread.ofVirtual().name("task-", 0).factory());
    }

    @Bean(destroyMethod = "close")
    ExecutorService clientThreads(Machine machine) {
        return Executors.newThreadPerTaskExecutor(machine.threads());
    }

    @Bean(destroyMethod = "close")
    ScheduledTimers timers() {
        return new ScheduledTimers("task-manager-timers");
    }
}
