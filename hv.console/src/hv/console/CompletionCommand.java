package hv.console;

import hv.api.device.Devices;
import hv.api.dto.DeviceKindDTO;
import hv.api.enlightenment.FlagOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code hv:completion bash}: prints a script that teaches bash what can follow {@code ./hv} when Tab is pressed:
 * verbs, options, flags behind {@code --cpu} one after another, names that can be explained, files.
 */
@Component(
        service = {CompletionCommand.class, Documented.class},
        property = {"osgi.command.scope=hv", "osgi.command.function=completion"})
public final class CompletionCommand implements Documented {
    private static final Help HELP = new Help(
            "completion",
            "bash",
            "prints what a shell needs to complete words of ./hv",
            "completion bash > hv.bash && . ./hv.bash",
            List.of());

    private final BundleContext context;
    private final ActiveEnlightenments enlightenments;

    /** For the component runtime. */
    @Activate
    public CompletionCommand(BundleContext context, @Reference ActiveEnlightenments enlightenments) {
        this.context = context;
        this.enlightenments = enlightenments;
    }

    @Override
    public Help help() {
        return HELP;
    }

    /** The command. */
    @Descriptor("prints what a shell needs to complete words of ./hv: hv:completion bash")
    public void completion(@Descriptor("bash, or --help") String... typed) {
        Arguments arguments = Arguments.of(HELP, typed);
        if (arguments.printedHelp()) {
            return;
        }
        arguments.action("bash");
        arguments.words();
        System.out.print(bash());
    }

    private String bash() {
        Map<String, List<String>> verbs = new TreeMap<>(Verbs.ofWorkspace(context));
        verbs.put("help", List.of());
        Verbs.commands(context)
                .forEach((verb, options) -> verbs.put(
                        verb,
                        Stream.concat(options.stream(), Stream.of("--help")).toList()));
        StringBuilder cases = new StringBuilder();
        verbs.forEach((verb, options) -> cases.append("    ")
                .append(verb)
                .append(") words='")
                .append(Stream.concat(options.stream(), words(verb)).collect(Collectors.joining(" ")))
                .append("' ;;\n"));
        return SCRIPT.replace("@FLAGS@", flags())
                .replace("@DEVICES@", devices())
                .replace("@VERBS@", String.join(" ", verbs.keySet()))
                .replace("@CASES@", cases.toString().stripTrailing());
    }

    private Stream<String> words(String verb) {
        if (verb.equals("explain")) {
            return enlightenments.handbook().names().stream().filter(name -> name.indexOf(' ') < 0);
        }
        return Completion.NAMED.contains(verb)
                ? enlightenments.all().stream().map(one -> one.descriptor().id())
                : Completion.WORDS.getOrDefault(verb, List.of()).stream();
    }

    /** The kinds that are deployed, and QEMU's device that is none of VMBus. */
    private String devices() {
        Stream<String> kinds =
                Optional.ofNullable(context.getServiceReference(Devices.class)).map(context::getService).stream()
                        .flatMap(devices -> devices.kinds().stream())
                        .map(DeviceKindDTO::id)
                        .distinct();
        return Stream.concat(kinds, Stream.of("hyperv-testdev")).collect(Collectors.joining(" "));
    }

    private String flags() {
        Stream<String> own = Stream.of("hv-enforce-cpuid", "hv-passthrough", "x-hv-max-vps=");
        Stream<String> theirs = enlightenments.all().stream()
                .flatMap(one -> one.descriptor().options().stream())
                .map(option -> option.kind() == FlagOption.Kind.SWITCH ? option.flag() : option.flag() + "=");
        return Stream.concat(theirs, own).collect(Collectors.joining(" "));
    }

    /** Bash takes "=" for the end of a word, so what stands behind it is looked for in the words before. */
    private static final String SCRIPT = """
            # Completion for ./hv in bash. Use it with: . <(./hv completion bash)
            _hv() {
                local flags='@FLAGS@'
                local cur=${COMP_WORDS[COMP_CWORD]} option= words= done= i
                COMPREPLY=()
                if [ "$COMP_CWORD" -eq 1 ]; then
                    COMPREPLY=($(compgen -W '@VERBS@' -- "$cur"))
                    return
                fi
                [ "$cur" = = ] && cur=
                for ((i = COMP_CWORD - 1; i > 1; i--)); do
                    case ${COMP_WORDS[i]} in
                    --*) option=${COMP_WORDS[i]}; break ;;
                    =) ;;
                    *) [ "${COMP_WORDS[i + 1]}" = = ] || [ "${COMP_WORDS[i - 1]}" = = ] || break ;;
                    esac
                done
                case $option in
                --cpu | --diff)
                    case $cur in *,*) done=${cur%,*}, ;; esac
                    COMPREPLY=($(compgen -P "$done" -W "$flags" -- "${cur##*,}"))
                    compopt -o nospace 2>/dev/null
                    return
                    ;;
                --host) COMPREPLY=($(compgen -W 'intel amd' -- "$cur")); return ;;
                --backend) COMPREPLY=($(compgen -W 'auto kvm hosted' -- "$cur")); return ;;
                --device) COMPREPLY=($(compgen -W '@DEVICES@' -- "$cur")); return ;;
                --net) COMPREPLY=($(compgen -W 'user tap= socket=' -- "$cur")); return ;;
                --on-sigterm) COMPREPLY=($(compgen -W 'stop shutdown' -- "$cur")); return ;;
                --on-crash) COMPREPLY=($(compgen -W 'continue stop reset' -- "$cur")); return ;;
                --decode | --kernel | --disk | --initrd | --restore | --json | --cache | --markdown)
                    COMPREPLY=($(compgen -f -- "$cur"))
                    compopt -o filenames 2>/dev/null
                    return
                    ;;
                esac
                case ${COMP_WORDS[1]} in
            @CASES@
                esac
                COMPREPLY=($(compgen -W "$words" -- "$cur"))
                case ${COMP_WORDS[1]} in
                replay | save | restore | swap) COMPREPLY+=($(compgen -f -- "$cur")) ;;
                esac
            }
            complete -F _hv hv
            """;
}
