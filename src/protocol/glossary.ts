/**
 * The glossary: one sentence for each term, in both languages, for hover cards, tree tooltips and lessons alike. Terms are
 * Kubernetes' own words; what a term was called earlier, or is called elsewhere, stands with it.
 */

export interface GlossaryEntry {
  /** As it is written in running text. */
  readonly term: string;
  readonly en: string;
  readonly de: string;
  /** Other words for the same thing. */
  readonly also?: readonly string[];
}

function entry(term: string, en: string, de: string, ...also: string[]): GlossaryEntry {
  return { term, en, de, ...(also.length > 0 ? { also } : {}) };
}

export const glossary = {
  // Who takes part.
  'client': entry('kubectl', 'Where commands come from; kubectl speaks to the API server and to nothing else.',
    'Von hier kommen Befehle; kubectl spricht mit dem API-Server und mit sonst niemandem.'),
  'registry': entry('Image registry', 'Holds container images; containerd pulls what is not on the node yet.',
    'Bewahrt Container-Images auf; containerd holt, was auf dem Node noch fehlt.'),
  'etcd': entry('etcd', 'The memory of the cluster: keeps every object in every revision; only API servers talk to it.',
    'Das Gedächtnis des Clusters: bewahrt jedes Objekt in jeder Revision; nur API-Server sprechen mit ihm.'),
  'kube-apiserver': entry('kube-apiserver',
    'The only door to the cluster: checks each request, stores the result, and tells all who watch.',
    'Die einzige Tür zum Cluster: prüft jede Anfrage, speichert das Ergebnis und sagt es allen, die zusehen.', 'API server'),
  'kube-scheduler': entry('kube-scheduler', 'Picks a node for each pod that has none yet.',
    'Sucht für jeden Pod, der noch keinen hat, einen Node aus.', 'scheduler'),
  'kube-controller-manager': entry('kube-controller-manager',
    'Runs the controllers, which bring what is into line with what was asked for.',
    'Führt die Controller aus, die das, was ist, an das angleichen, was gewünscht ist.', 'KCM'),
  'cloud-controller-manager': entry('cloud-controller-manager',
    'Keeps nodes, routes and load balancers in step with a cloud.',
    'Hält Nodes, Routen und Load Balancer im Einklang mit einer Cloud.', 'CCM'),
  'kubelet': entry('kubelet',
    'The agent on each node: sees to it that the pods bound to its node run, and reports how they fare.',
    'Der Agent auf jedem Node: sorgt dafür, dass die Pods seines Nodes laufen, und berichtet, wie es ihnen geht.'),
  'container-runtime': entry('containerd',
    'Pulls images, makes sandboxes, starts and stops containers when the kubelet asks.',
    'Holt Images, legt Sandboxes an, startet und stoppt Container, wenn das Kubelet darum bittet.', 'container runtime', 'CRI-O'),
  'kube-proxy': entry('kube-proxy', 'Keeps the rules that lead from the address of a Service to the addresses of its pods.',
    'Pflegt die Regeln, die von der Adresse eines Service zu den Adressen seiner Pods führen.'),
  'cni': entry('CNI', 'Connects the pods of all nodes to one network and gives each pod its address.',
    'Verbindet die Pods aller Nodes zu einem Netz und gibt jedem Pod seine Adresse.', 'kindnet', 'Container Network Interface'),
  'coredns': entry('CoreDNS', 'Answers pods that ask for the name of a Service.',
    'Antwortet Pods, die nach dem Namen eines Service fragen.', 'DNS'),
  'load-balancer': entry('Load balancer', 'Spreads connections over the API servers of several control planes.',
    'Verteilt Verbindungen auf die API-Server mehrerer Control Planes.'),

  // Machines.
  'cluster': entry('Cluster', 'All nodes that one control plane looks after.',
    'Alle Nodes, um die sich eine Control Plane kümmert.'),
  'node': entry('Node', 'One machine of the cluster, physical or virtual.',
    'Eine Maschine des Clusters, ob echt oder virtuell.'),
  'control-plane': entry('Control plane', 'A machine that runs the control plane, which decides what happens in the cluster.',
    'Eine Maschine mit der Control Plane, die entscheidet, was im Cluster geschieht.', 'master'),
  'worker': entry('Worker', 'A machine that runs the pods of users.', 'Eine Maschine, auf der die Pods der Benutzer laufen.', 'minion'),
  'taint': entry('Taint', 'A mark on a node that keeps away pods that do not tolerate it.',
    'Ein Zeichen an einem Node, das Pods fernhält, die es nicht dulden.'),
  'toleration': entry('Toleration', 'Lets a pod run on a node in spite of a taint.',
    'Erlaubt einem Pod, trotz eines Taints auf einem Node zu laufen.'),
  'cordon': entry('Cordon', 'Marks a node so that no further pods are placed on it; those that run stay.',
    'Kennzeichnet einen Node so, dass keine weiteren Pods dorthin kommen; laufende bleiben.'),
  'drain': entry('Drain', 'Cordons a node and evicts its pods, so that it can be switched off.',
    'Sperrt einen Node und räumt seine Pods weg, damit man ihn abschalten kann.'),
  'lease': entry('Lease', 'A small object that is renewed again and again: whoever stops is taken for dead.',
    'Ein kleines Objekt, das ständig erneuert wird: Wer damit aufhört, gilt als tot.'),

  // What runs.
  'pod': entry('Pod', 'One or more containers that share a network address and live and die together.',
    'Ein oder mehrere Container, die sich eine Netzwerkadresse teilen und zusammen leben und sterben.'),
  'pod-group': entry('Pods', 'Pods folded together, as a rule those of one owner.',
    'Zusammengefaltete Pods, in der Regel die desselben Besitzers.'),
  'container': entry('Container', 'A process with its own view of files, processes and network, started from an image.',
    'Ein Prozess mit eigener Sicht auf Dateien, Prozesse und Netz, gestartet aus einem Image.'),
  'image': entry('Image', 'The files and settings from which a container is started.',
    'Die Dateien und Einstellungen, aus denen ein Container gestartet wird.'),
  'sandbox': entry('Sandbox', 'The shell of a pod: its network and other namespaces, held open by the process pause.',
    'Die Hülle eines Pods: sein Netz und andere Namespaces, offen gehalten vom Prozess pause.', 'pause'),
  'shim': entry('Shim', 'A small process between containerd and the containers of a pod, which outlives containerd.',
    'Ein kleiner Prozess zwischen containerd und den Containern eines Pods, der containerd überlebt.'),
  'static-pod': entry('Static pod', 'A pod that the kubelet runs from a file on its node, without being told by the API server.',
    'Ein Pod, den das Kubelet aus einer Datei auf seinem Node startet, ohne dass der API-Server es ihm sagt.'),
  'mirror-pod': entry('Mirror pod', 'Shows a static pod in the API; deleting it does not stop what it shows.',
    'Zeigt einen Static Pod in der API; ihn zu löschen beendet nicht, was er zeigt.'),
  'probe': entry('Probe', 'How the kubelet finds out whether a container lives and whether it is ready.',
    'Wie das Kubelet feststellt, ob ein Container lebt und ob er bereit ist.'),
  'volume': entry('Volume', 'Files that containers of a pod can mount, and that may outlive them.',
    'Dateien, die Container eines Pods einhängen können und die sie überleben können.'),

  // Kinds of objects.
  'deployment': entry('Deployment', 'Keeps so many pods of one version running and replaces them step by step by a new one.',
    'Hält so viele Pods einer Version am Laufen und ersetzt sie schrittweise durch eine neue.'),
  'replicaset': entry('ReplicaSet', 'Keeps a number of like pods: creates what is missing, deletes what is too much.',
    'Hält eine Anzahl gleicher Pods: erzeugt, was fehlt, löscht, was zu viel ist.'),
  'daemonset': entry('DaemonSet', 'Keeps one pod on every node that fits.', 'Hält auf jedem passenden Node einen Pod.'),
  'statefulset': entry('StatefulSet', 'Keeps pods with fixed names and their own storage, in order.',
    'Hält Pods mit festen Namen und eigenem Speicher, der Reihe nach.'),
  'job': entry('Job', 'Runs pods until so many have ended well.', 'Lässt Pods laufen, bis so viele gut geendet haben.'),
  'cronjob': entry('CronJob', 'Creates a Job whenever its schedule says so.', 'Erzeugt einen Job, wann immer sein Zeitplan es sagt.'),
  'service': entry('Service', 'One name and one address for all pods that a selector finds.',
    'Ein Name und eine Adresse für alle Pods, die ein Selektor findet.'),
  'endpointslice': entry('EndpointSlice', 'The list of addresses behind a Service, kept up to date by a controller.',
    'Die Liste der Adressen hinter einem Service, von einem Controller aktuell gehalten.'),
  'nodeport': entry('NodePort', 'A port that leads to a Service on every node.', 'Ein Port, der auf jedem Node zu einem Service führt.'),
  'clusterip': entry('ClusterIP', 'The address of a Service inside the cluster; no machine has it, only rules know it.',
    'Die Adresse eines Service im Cluster; keine Maschine besitzt sie, nur Regeln kennen sie.'),
  'configmap': entry('ConfigMap', 'Settings as keys and values that pods can read.', 'Einstellungen als Schlüssel und Werte, die Pods lesen können.'),
  'secret': entry('Secret', 'Like a ConfigMap, for what not everyone should read.', 'Wie eine ConfigMap, für das, was nicht jeder lesen soll.'),
  'serviceaccount': entry('ServiceAccount', 'The identity with which a pod speaks to the API server.',
    'Die Identität, mit der ein Pod mit dem API-Server spricht.'),
  'namespace': entry('Namespace', 'A part of the cluster in which names are unique.', 'Ein Teil des Clusters, in dem Namen eindeutig sind.'),
  'label': entry('Label', 'A key and a value on an object, by which others find it.', 'Ein Schlüssel mit Wert an einem Objekt, über den andere es finden.'),
  'selector': entry('Selector', 'Says by labels which objects are meant.', 'Sagt über Labels, welche Objekte gemeint sind.'),
  'owner': entry('Owner', 'The object for whose sake another exists; when it goes, the other goes too.',
    'Das Objekt, um dessentwillen ein anderes besteht; geht es, geht auch das andere.'),

  // How it works.
  'controller': entry('Controller', 'A loop that compares what is with what is wanted and does the next step towards it.',
    'Eine Schleife, die Ist und Soll vergleicht und den nächsten Schritt dorthin tut.'),
  'operator': entry('Operator', 'A controller of one’s own, outside the controller manager, for kinds of one’s own.',
    'Ein eigener Controller außerhalb des Controller-Managers, für eigene Arten von Objekten.'),
  'spec': entry('spec', 'What is wanted of an object.', 'Was von einem Objekt gewünscht ist.', 'desired state'),
  'status': entry('status', 'What was last reported about an object; a report, not reality itself.',
    'Was zuletzt über ein Objekt berichtet wurde; ein Bericht, nicht die Wirklichkeit selbst.', 'actual state'),
  'watch': entry('Watch', 'A request that stays open: the API server tells each change as it happens.',
    'Eine Anfrage, die offen bleibt: Der API-Server meldet jede Änderung, sobald sie geschieht.'),
  'watch-event': entry('Watch event', 'The message of a watch that an object was added, changed or deleted.',
    'Die Meldung eines Watch, dass ein Objekt dazukam, sich änderte oder gelöscht wurde.'),
  'event': entry('Event', 'An object in which a component notes what it did or what went wrong; nothing acts on it.',
    'Ein Objekt, in dem eine Komponente notiert, was sie tat oder was misslang; niemand handelt danach.'),
  'revision': entry('Revision', 'The number that etcd gives to each change, for the whole cluster, always rising.',
    'Die Nummer, die etcd jeder Änderung gibt, für den ganzen Cluster und immer steigend.', 'resourceVersion'),
  'compaction': entry('Compaction', 'etcd forgets old revisions, and keeps the newest of each key.',
    'etcd vergisst alte Revisionen und behält von jedem Schlüssel die neueste.'),
  'raft': entry('Raft', 'The way in which the members of etcd agree on the order of changes.',
    'Das Verfahren, mit dem sich die Mitglieder von etcd auf die Reihenfolge der Änderungen einigen.'),
  'quorum': entry('Quorum', 'More than half of the members; without it etcd takes no change.',
    'Mehr als die Hälfte der Mitglieder; ohne sie nimmt etcd keine Änderung an.'),
  'leader-election': entry('Leader election', 'Of several like programs one works, and the others wait for its lease to run out.',
    'Von mehreren gleichen Programmen arbeitet eines, und die anderen warten, bis sein Lease abläuft.'),
  'authentication': entry('Authentication', 'The API server finds out who asks.', 'Der API-Server stellt fest, wer fragt.'),
  'authorization': entry('Authorization', 'The API server checks whether whoever asks may do it.', 'Der API-Server prüft, ob der Fragende das darf.', 'RBAC'),
  'admission': entry('Admission', 'Plug-ins complete or refuse what is to be written; reading passes by them.',
    'Plug-ins ergänzen, was geschrieben werden soll, oder lehnen es ab; Lesen geht an ihnen vorbei.'),
  'validation': entry('Validation', 'The API server checks whether an object is well formed.', 'Der API-Server prüft, ob ein Objekt wohlgeformt ist.'),
  'binding': entry('Binding', 'What the scheduler writes to give a pod its node.', 'Was der Scheduler schreibt, um einem Pod seinen Node zu geben.'),
  'eviction': entry('Eviction', 'A pod is asked to leave its node, and is replaced elsewhere if someone owns it.',
    'Ein Pod muss seinen Node verlassen und wird anderswo ersetzt, wenn er einen Besitzer hat.'),
  'cri': entry('CRI', 'The interface between kubelet and container runtime: gRPC over a Unix socket.',
    'Die Schnittstelle zwischen Kubelet und Container Runtime: gRPC über einen Unix-Socket.', 'CRI shim'),
  'csi': entry('CSI', 'The interface through which storage of any vendor becomes volumes.',
    'Die Schnittstelle, über die Speicher beliebiger Hersteller zu Volumes wird.'),
  'manifest': entry('Manifest', 'A file that describes objects, mostly in YAML.', 'Eine Datei, die Objekte beschreibt, meist in YAML.'),
  'kind': entry('kind', 'Runs a cluster whose nodes are containers; the sandbox behaves as if kind had made it.',
    'Betreibt einen Cluster, dessen Nodes Container sind; die Sandbox verhält sich wie von kind erzeugt.'),
} as const satisfies Readonly<Record<string, GlossaryEntry>>;

export type GlossaryTerm = keyof typeof glossary;

/** The sentence about a term. */
export function glossarySentence(term: GlossaryTerm, language: 'en' | 'de'): string {
  return glossary[term][language];
}

/** Where the Kubernetes documentation explains a component or a term; relative to its architecture page. */
const pages: Partial<Readonly<Record<GlossaryTerm, string>>> = {
  'kube-apiserver': '#kube-apiserver', 'etcd': '#etcd', 'kube-scheduler': '#kube-scheduler',
  'kube-controller-manager': '#kube-controller-manager', 'kubelet': '#kubelet', 'kube-proxy': '#kube-proxy',
  'container-runtime': '#container-runtime', 'coredns': '#dns', 'cni': '#network-plugins', 'control-plane': '#control-plane-components',
  'worker': '#node-components', 'pod': '../workloads/pods/',
};

/** The page of the Kubernetes documentation about a term. */
export function documentationOf(term: GlossaryTerm): string | undefined {
  const page = pages[term];
  if (page === undefined) return undefined;
  return page.startsWith('../') ? `https://kubernetes.io/docs/concepts/${page.slice('../'.length)}`
    : `https://kubernetes.io/docs/concepts/architecture/${page}`;
}
