import java.io.FileReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

import org.eclipse.dataspacetck.core.system.ConsoleMonitor;
import org.eclipse.dataspacetck.dsp.system.DspSystemLauncher;
import org.eclipse.dataspacetck.runtime.TckRuntime;

/**
 * Runs the conformance kit and prints its own counts. It judges nothing: the
 * caller does. Arguments: a properties file, and optionally the beginning of
 * the display names of the tests to run.
 */
public class Runner {
    public static void main(String[] args) throws Exception {
        var properties = new Properties();
        try (var in = new FileReader(args[0])) {
            properties.load(in);
        }
        Map<String, String> config = new HashMap<>();
        properties.stringPropertyNames().forEach(key -> config.put(key, properties.getProperty(key)));
        var builder = TckRuntime.Builder.newInstance()
                .properties(config)
                .launcher(DspSystemLauncher.class)
                .addPackage("org.eclipse.dataspacetck.dsp.verification")
                .monitor(new ConsoleMonitor(false, false));
        if (args.length > 1) {
            builder.displayNameMatching(name -> name.startsWith(args[1]));
        }
        var summary = builder.build().execute();
        for (var failure : summary.getFailures()) {
            var text = String.valueOf(failure.getException()).replaceAll("\\s+", " ");
            System.out.println("FAILED " + failure.getTestIdentifier().getDisplayName() + " | " + text);
        }
        System.out.printf("RESULT found=%d started=%d succeeded=%d failed=%d skipped=%d%n",
                summary.getTestsFoundCount(), summary.getTestsStartedCount(), summary.getTestsSucceededCount(),
                summary.getTestsFailedCount(), summary.getTestsSkippedCount());
        System.out.flush();
        System.exit(0); // the kit leaves threads behind
    }
}
