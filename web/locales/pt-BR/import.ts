/** Brazilian Portuguese texts of importing, and of what it says about lines. */
import type { importing as english } from '../en/import.ts'

export const importing: Readonly<Record<keyof typeof english, string>> = {
  'finding.ADDRESS_AS_RANGE':
    'Este endereço é aproveitado como faixa, que vale também para nomes que levam a ele.',
  'finding.ATS_DROPS_LINE': 'O ATS descarta esta linha: ela não é como ele a lê.',
  'finding.BYTE_ORDER_MARK': 'O arquivo começa com uma marca de ordem de bytes invisível.',
  'finding.CACHE_METHODS_DENIED':
    'PURGE e PUSH, que mudam o cache do próprio proxy, continuam negados numa configuração.',
  'finding.COMMENT': 'Só regras têm notas: este comentário fica de fora.',
  'finding.COMMENTED_OUT': 'Esta regra está comentada, e continua de fora.',
  'finding.CONDITION_NOT_POSSIBLE':
    'Uma regra não pode valer só para algumas requisições: elas seguem a próxima regra que casa.',
  'finding.DIRECT_WHEN_DOWN':
    'Sem go_direct=false o ATS sai direto quando todos os pais estão fora; esta configuração também.',
  'finding.ENTRY_NOT_POSSIBLE': 'Esta entrada não pode ser lida como regra de cliente.',
  'finding.FILE_REPEATED': 'Já há um arquivo deste tipo: só o primeiro é lido.',
  'finding.FILE_TOO_LARGE': 'Este arquivo é grande demais: importe em partes.',
  'finding.FILE_UNKNOWN':
    'Só parent.config, ip_allow.yaml e sni.yaml são lidos; ip_allow.config é o formato do ATS 8 e anteriores.',
  'finding.LINE_TOO_LONG': 'Esta linha é longa demais.',
  'finding.MASK_BECOMES_RANGE':
    'O ATS 9.2 descarta blocos de IPv6 aqui; a configuração escreve a faixa pretendida.',
  'finding.METHODS_DENIED':
    'Uma regra de cliente vale para todos os métodos: estes clientes tinham só alguns, e agora são negados.',
  'finding.METHODS_NOT_POSSIBLE':
    'Uma regra de cliente vale para todos os métodos: outros serão permitidos também.',
  'finding.MORE_FINDINGS': 'Há mais observações do que as listadas.',
  'finding.NAME_NOT_POSSIBLE': 'Este não é um nome que uma regra possa ter.',
  'finding.NEVER_DECIDES': 'Esta linha nunca decide: outra já vale para o mesmo.',
  'finding.NEVER_MATCHES': 'Nenhuma requisição se escreve assim, então a linha nunca casa.',
  'finding.NOTE_CUT': 'A nota é longa demais: o resto fica de fora.',
  'finding.NO_CLIENT_ALLOWED':
    'Ninguém entra por este arquivo, e uma configuração deixa entrar ao menos um: aqui 127.0.0.1, até você acrescentar outros.',
  'finding.NO_DEFAULT': 'Nenhuma linha vale para todo o resto: o ATS sai direto, e esta configuração também.',
  'finding.NO_ROUTE': 'A linha não diz a rota: o ATS sai direto, e a regra também.',
  'finding.OPTION_NOT_POSSIBLE': 'Uma configuração não tem este ajuste: ele fica de fora.',
  'finding.OPTION_WITHOUT_PARENTS': 'Este ajuste não diz nada numa linha sem pais, e fica de fora.',
  'finding.OTHER_PARENTS':
    'Uma configuração tem uma só lista de pais, e esta é outra: o tráfego vai agora para os pais da configuração.',
  'finding.OTHER_SELECTION':
    'Outras linhas escolhem entre os pais de outro modo, e a configuração tem um só.',
  'finding.OTHER_WHEN_DOWN':
    'Esta linha sai direto quando todos os pais estão fora, e outras não: agora as requisições falham nesse caso.',
  'finding.OUTBOUND_IN_SETTINGS':
    'A que endereços os proxies podem se conectar é um ajuste de toda a instância, não de uma configuração.',
  'finding.PARENTS_NOT_POSSIBLE': 'Estes pais não cabem numa configuração: o tráfego vai para os pais dela.',
  'finding.PARENT_REPEATED': 'Um pai aparece aqui duas vezes; a configuração o cita uma vez.',
  'finding.PATTERN_AS_NAME':
    'Esta expressão é aproveitada como o nome que contém; grafias estranhas vão para os pais.',
  'finding.PATTERN_NOT_POSSIBLE': 'Uma regra não diz como é uma URL: escreva a que isso equivale.',
  'finding.RANGE_MOVED':
    'A regra fica mais abaixo: de linhas dest_ip sobrepostas o ATS usa a última, e a configuração a primeira.',
  'finding.RANGE_NOT_POSSIBLE': 'Esta não é uma faixa que uma regra possa ter.',
  'finding.RANGE_SPLIT':
    'A regra fica com parte da faixa: de linhas dest_ip sobrepostas o ATS usa a última, e as de baixo levam o resto.',
  'finding.REST_NOT_READ': 'Aqui há um caractere NUL: o ATS não lê além dele.',
  'finding.SECONDARY_PARENTS':
    'Uma configuração não tem pais secundários: acrescente-os à lista, se for o caso.',
  'finding.TLS_NOT_POSSIBLE': 'Uma configuração não diz nada sobre TLS: esta entrada fica de fora.',
  'finding.TOO_MANY_CLIENT_RULES': 'Não cabem mais regras de clientes numa configuração.',
  'finding.TOO_MANY_RULES': 'Não cabem mais regras numa configuração.',
  'finding.WEIGHT_NOT_POSSIBLE': 'Os pais não têm pesos nem nomes de hash numa configuração.',
  'finding.YAML_MALFORMED': 'Este não é o YAML que o ATS carrega aqui.',
  'import.about.ip_allow.yaml': 'Quem pode usar o proxy: vira as regras de clientes.',
  'import.about.parent.config':
    'Qual tráfego sai direto e qual vai a um pai: vira as regras. O ATS o guarda em /etc/trafficserver, ou em etc/trafficserver dentro da própria pasta.',
  'import.about.sni.yaml':
    'Ajustes de TLS por nome: uma configuração não diz nada sobre eles, então as entradas são apenas listadas.',
  'import.addText': 'Adicionar este texto',
  'import.all': 'Todas {{ count }}',
  'import.allTaken': 'Todas as linhas são aproveitadas como estão.',
  'import.changed': 'Mudadas {{ count }}',
  'import.choose': 'Escolher arquivos…',
  'import.chosen': 'Arquivos a importar',
  'import.clientCount.one': '{{ count }} regra de cliente',
  'import.clientCount.other': '{{ count }} regras de clientes',
  'import.clients': 'Clientes',
  'import.clientsDefault': 'Loopback e faixas privadas, como numa configuração nova',
  'import.create': 'Criar rascunho',
  'import.default': 'Todo o resto',
  'import.directWhenDown': 'direto quando todos estão fora',
  'import.drop': 'ou solte-os aqui.',
  'import.files': 'Arquivos',
  'import.filesNote':
    'Um arquivo só já basta. Eles são lidos neste navegador; nada é enviado antes de você criar o rascunho.',
  'import.filter': 'Mostrar as linhas',
  'import.findingCount.one': '{{ count }} linha listada',
  'import.findingCount.other': '{{ count }} linhas listadas',
  'import.fromProxy': 'Os arquivos como foram encontrados em {{ hostname }}.',
  'import.fromProxyNothing': 'Nada se sabe de arquivos de {{ hostname }} que ninguém aprovou.',
  'import.kind.changed': 'Mudada',
  'import.kind.lost': 'Perdida',
  'import.kind.noted': 'Anotada',
  'import.lineCount.one': '{{ count }} linha',
  'import.lineCount.other': '{{ count }} linhas',
  'import.lines': 'Linha por linha',
  'import.linesNote':
    'Perdida: não está na configuração. Mudada: está, com outro sentido. Anotada: bom saber, nada falta.',
  'import.lost': 'Perdidas {{ count }}',
  'import.more': 'Mostrar mais ({{ count }})',
  'import.newConfig': 'Nova configuração',
  'import.newConfigNote':
    'Ela começa como um rascunho que nenhum proxy executa; edite e envie como qualquer outra.',
  'import.noParents': 'Nenhum',
  'import.noneOfKind': 'Nenhuma linha é deste tipo.',
  'import.not.disabledParents': 'pais desligados',
  'import.not.disabledRules': 'regras desligadas',
  'import.not.expiry': 'quando as regras terminam',
  'import.not.failover': 'quando um pai é dado como fora e é tentado de novo',
  'import.not.outboundExceptions': 'a que endereços os proxies podem se conectar',
  'import.not.owners': 'responsáveis',
  'import.not.proxies': 'os proxies que a executam',
  'import.notInFiles': 'Estes arquivos nunca dizem o seguinte, que fica como numa configuração nova:',
  'import.noted': 'Anotadas {{ count }}',
  'import.nothing':
    'Estes arquivos não trazem nenhuma regra, nenhum pai e nenhuma regra de cliente. As linhas abaixo dizem por quê.',
  'import.parents': 'Pais',
  'import.paste': 'Ou cole o texto de um arquivo',
  'import.pastePlaceholder': 'dest_domain=corp.exemplo go_direct=true',
  'import.pasted': 'texto colado',
  'import.place': '{{ file }}, linha {{ line }}',
  'import.remove': 'Tirar {{ name }}',
  'import.ruleCount.one': '{{ count }} regra',
  'import.ruleCount.other': '{{ count }} regras',
  'import.ruleRoutes': '({{ direct }} diretas, {{ parent }} para os pais)',
  'import.rules': 'Regras',
  'import.subtitle':
    'Cria uma configuração a partir dos arquivos de um Apache Traffic Server e diz, linha por linha, o que não cabe nela.',
  'import.taken': 'O que é aproveitado',
  'import.takenNote':
    'Como os proxies decidiriam: a ordem do próprio ATS é mantida, e a primeira regra que casa vence.',
  'import.title': 'Importar do ATS',
  'import.whyEmpty': 'Os arquivos não trazem nada que caiba numa configuração.',
  'import.whyNoFiles': 'Adicione um arquivo primeiro.',
  'import.whyTooLarge': 'Juntos, os arquivos passam de 4 MiB: importe em partes.',
}
