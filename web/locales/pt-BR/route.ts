/** Brazilian Portuguese texts of where requests go: trying one, many at once, and why. */
import type { route as english } from '../en/route.ts'

export const route: Readonly<Record<keyof typeof english, string>> = {
  'branch.address': 'Endereço do nome',
  'branch.everyOther': 'qualquer outro endereço',
  'branch.more.one': 'e mais {{ count }}',
  'branch.more.other': 'e mais {{ count }}',
  'branch.title': 'Por endereço',
  'branch.way': 'Segue',
  'bulk.after': 'Depois',
  'bulk.all': 'Todas',
  'bulk.before': 'Antes',
  'bulk.change': 'Mudança',
  'bulk.clear': 'Esvaziar',
  'bulk.cut': 'Só as primeiras {{ count }} linhas são consultadas.',
  'bulk.differences': 'Diferenças',
  'bulk.differ.one': '{{ count }} de {{ total }} segue outro caminho',
  'bulk.differ.other': '{{ count }} de {{ total }} seguem outro caminho',
  'bulk.download': 'Baixar CSV',
  'bulk.every': 'Todas as mudanças',
  'bulk.everyVerdict': 'Todos os resultados',
  'bulk.explain': 'Por quê?',
  'bulk.explainOf': 'Explicar a linha {{ line }}',
  'bulk.fill': 'Preencher com nomes das regras',
  'bulk.filter': 'Filtrar por texto',
  'bulk.lines': 'URLs, uma por linha',
  'bulk.linesHint':
    'Uma URL, nome:porta ou um nome; depois de um espaço o endereço do cliente, e então o endereço que o nome tem. “-” omite um deles.',
  'bulk.none': 'Nenhuma linha atende ao filtro.',
  'bulk.nothingDiffers': 'Nada muda de caminho: todas as {{ total }} seguem como antes.',
  'bulk.progress': '{{ done }} de {{ total }} linhas',
  'bulk.rejected.one': '{{ count }} linha não pode ser lida',
  'bulk.rejected.other': '{{ count }} linhas não podem ser lidas',
  'bulk.rejectedLine': 'Linha {{ line }}: {{ text }}',
  'bulk.results': 'Respostas',
  'bulk.run': 'Consultar todas',
  'bulk.runFirst': 'Cole ao menos uma URL.',
  'bulk.stop': 'Parar',
  'bulk.stopped': 'Interrompido após {{ done }} de {{ total }} linhas.',
  'bulk.show': 'Linhas mostradas',
  'bulk.text': 'Cole até {{ count }} linhas, por exemplo de um log de acesso.',
  'bulk.transition': '{{ before }} → {{ after }}',
  'bulk.transitionOf': '{{ before }} → {{ after }} ({{ count }})',
  'bulk.verdictOf': '{{ verdict }} ({{ count }})',
  'problem.TOO_MANY_COLUMNS': 'Depois da URL vêm o endereço do cliente e o endereço do nome, e mais nada.',
  'routeReason.ADDRESS_DECIDES.one':
    '{{ count }} regra de faixa de IP vem antes da primeira regra que casa com o nome: a rota depende do endereço que o nome tem.',
  'routeReason.ADDRESS_DECIDES.other':
    '{{ count }} regras de faixa de IP vêm antes da primeira regra que casa com o nome: a rota depende do endereço que o nome tem.',
  'routeReason.ADDRESS_MATCHES':
    'A regra {{ row }} ({{ rule }}) é a primeira que casa, porque contém {{ address }}: {{ route }}.',
  'routeReason.ANY_ADDRESS_REFUSED':
    'O ATS não conecta a nenhum host em {{ address }}, digam o que disserem as regras.',
  'routeReason.BRANCHES_NOT_LISTED.one':
    'Mais {{ count }} regra de faixa de IP não está listada; informe o endereço do nome.',
  'routeReason.BRANCHES_NOT_LISTED.other':
    'Mais {{ count }} regras de faixa de IP não estão listadas; informe o endereço do nome.',
  'routeReason.CACHE_METHOD_DENIED':
    '{{ method }} altera o próprio cache do proxy: nenhum cliente pode usá-lo.',
  'routeReason.CLIENT_ALLOWED':
    'A regra de cliente {{ row }} ({{ range }}) permite que {{ address }} use o proxy.',
  'routeReason.CLIENT_ALLOWED_BY_DEFAULT':
    'Não há regras de cliente: {{ address }} pode usar o proxy porque está em {{ range }}.',
  'routeReason.CLIENT_DENIED': 'A regra de cliente {{ row }} ({{ range }}) barra {{ address }}.',
  'routeReason.CLIENT_NOT_LISTED':
    'Nenhuma regra de cliente contém {{ address }}, então ele não pode usar o proxy.',
  'routeReason.DEFAULT_DECIDES': 'Nenhuma regra ativa casa, então a ação padrão decide: {{ route }}.',
  'routeReason.DENIED_ADDRESSES_REFUSED':
    'Se o nome tiver um endereço de loopback, link-local ou de metadados, o proxy se recusa a conectar.',
  'routeReason.DESTINATION_DENIED':
    'O proxy não conecta a nada em {{ range }}, e portanto não a {{ address }}.',
  'routeReason.DESTINATION_EXCEPTED':
    'O proxy pode conectar a {{ address }}, embora esses endereços sejam negados em geral, porque {{ range }} é uma exceção ou o endereço de um pai.',
  'routeReason.DIRECT_WHEN_ALL_DOWN': 'Com todos os pais fora, a requisição sai direto.',
  'routeReason.DISABLED_RULE_MATCHES':
    'A regra {{ row }} ({{ rule }}, {{ route }}) casaria, mas está desativada.',
  'routeReason.EARLIER_HOST_DIFFERS':
    'A regra {{ row }} ({{ rule }}) vem antes, mas não casa com {{ host }}: uma regra de host casa exatamente com o seu nome.',
  'routeReason.EARLIER_NAME_DIFFERS':
    'A regra {{ row }} ({{ rule }}) vem antes, mas não casa com {{ host }}.',
  'routeReason.EARLIER_RANGE_DIFFERS':
    'A regra {{ row }} ({{ rule }}) vem antes, mas não contém {{ address }}.',
  'routeReason.EARLIER_RULES_NOT_LISTED.one': 'Mais {{ count }} regra ativa vem antes e nomeia outra coisa.',
  'routeReason.EARLIER_RULES_NOT_LISTED.other':
    'Mais {{ count }} regras ativas vêm antes e nomeiam outra coisa.',
  'routeReason.FAILS_WHEN_ALL_DOWN': 'Com todos os pais fora, a requisição falha.',
  'routeReason.FIRST_PARENT_VARIES.one': '{{ selection }}; há {{ count }} pai.',
  'routeReason.FIRST_PARENT_VARIES.other':
    '{{ selection }} entre {{ count }} pais; os outros são tentados quando esse está fora.',
  'routeReason.LATER_RULE_MATCHES':
    'A regra {{ row }} ({{ rule }}, {{ route }}) também casaria, mas vem depois.',
  'routeReason.LOOPBACK_GOES_DIRECT': 'O ATS manda 127.0.0.1 direto antes de olhar qualquer regra.',
  'routeReason.LOOPBACK_UNREACHABLE':
    'O ATS manda 127.0.0.1 direto antes de olhar qualquer regra, e esta configuração não deixa nada sair direto: a requisição falha.',
  'routeReason.NAME_MATCHES':
    'A regra {{ row }} ({{ rule }}) é a primeira que casa com {{ host }}: {{ route }}.',
  'routeReason.NAME_MUST_RESOLVE':
    'O proxy resolve o nome antes: se o resolvedor dele não conhece o nome, a requisição falha.',
  'routeReason.NAME_NOT_LOOKED_UP':
    'O proxy não resolve o nome, então nenhuma regra de faixa de IP casa com ele: os pais o resolvem.',
  'routeReason.ODD_SPELLING':
    '{{ spelling }} poderia esconder um host da sua regra; por isso essas requisições vão todas aos pais.',
  'routeReason.PARENTS_IN_ORDER.one': 'Há um pai.',
  'routeReason.PARENTS_IN_ORDER.other':
    'O primeiro de {{ count }} pais é usado; os seguintes são tentados em ordem quando ele está fora.',
  'routeReason.PARENT_ADDRESS_UNKNOWN':
    'O pai {{ host }} é conhecido pelo nome: se ele tiver um endereço negado, o proxy se recusa a conectar.',
  'routeReason.REQUEST_MALFORMED': 'Nenhum proxy aceita tal requisição: {{ message }}',
  'routeReason.SAME_FOR_EVERY_ADDRESS.one':
    '{{ count }} regra de faixa de IP vem antes da primeira regra que casa com o nome, mas com qualquer endereço a rota é a mesma: {{ route }}.',
  'routeReason.SAME_FOR_EVERY_ADDRESS.other':
    '{{ count }} regras de faixa de IP vêm antes da primeira regra que casa com o nome, mas com qualquer endereço a rota é a mesma: {{ route }}.',
  'routeReason.TUNNEL_PORT_UNUSUAL':
    'O ATS só abre túneis para as portas que o seu host permite; por padrão é a 443, não a {{ port }}.',
  'routeRule.domain': 'domínio {{ value }}',
  'routeRule.host': 'host {{ value }}',
  'routeRule.ip_range': 'faixa de IP {{ value }}',
  'routeSelection.by_client': 'O ATS escolhe pelo endereço do cliente',
  'routeSelection.by_url': 'O ATS escolhe pela URL',
  'routeSelection.primary_first': 'O ATS usa o primeiro',
  'routeSelection.round_robin': 'O ATS reveza',
  'routeSelection.sticky': 'O ATS fica com o que respondeu por último',
  'routeSpelling.characters': 'Um endereço com maiúsculas, escapes ou outros caracteres',
  'routeSpelling.dots': 'Um nome com ponto final ou parte vazia',
  'routeSpelling.mapped': 'Um endereço IPv4 dentro de um IPv6',
  'routeSpelling.number': 'Um endereço IPv4 que não seja quatro números decimais simples',
  'routeWord.direct': 'direto',
  'routeWord.parent': 'pai',
  'routes.after': 'Consultar em',
  'routes.before': 'Comparado com',
  'routes.config': 'Configuração',
  'routes.configPlaceholder': 'Buscar configurações',
  'routes.many': 'Muitas URLs',
  'routes.nothing': 'Nada',
  'routes.one': 'Uma URL',
  'routes.pickText':
    'Escolha uma configuração, ou um proxy para ver o que ele usa agora. A resposta vem das próprias regras: nada é enviado por um proxy.',
  'routes.pickTitle': 'Em quais regras?',
  'routes.proxy': 'Ou o que um proxy usa',
  'routes.proxyNothing': 'Não se sabe qual versão {{ hostname }} usa.',
  'routes.proxyPlaceholder': 'Nome do host',
  'routes.proxyRuns': '{{ hostname }} usa a versão {{ number }} de {{ config }}.',
  'routes.text': 'Calculado a partir das regras, como o ATS as segue; nada é enviado por um proxy.',
  'routes.view': 'Quantas URLs',
  'routes.where': 'Quais regras',
  'try.answer': 'Resposta',
  'try.automatic': 'Pela URL: {{ method }}',
  'try.byDefault': 'pela ação padrão',
  'try.byRule': 'pela regra {{ row }}',
  'try.client': 'Endereço do cliente (opcional)',
  'try.close': 'Fechar o teste',
  'try.empty': 'Digite uma URL: a resposta vem na hora, com a regra que decide. Por exemplo:',
  'try.exampleOf': 'Testar {{ url }}',
  'try.forget': 'Esquecer estas',
  'try.goes': 'Vai para',
  'try.keep': 'Guardar como teste de rota',
  'try.kept': 'Guardado como teste de rota.',
  'try.leftOut.one': 'Como se a regra {{ rows }} estivesse desativada: ela precisa ser corrigida antes.',
  'try.leftOut.other':
    'Como se as regras {{ rows }} estivessem desativadas: elas precisam ser corrigidas antes.',
  'try.mend': 'Mostrar onde',
  'try.mendFirst': 'Sem resposta antes de corrigir isto: {{ problem }}',
  'try.method': 'Método',
  'try.noRules': 'Não há regras aqui.',
  'try.nothingRuns': 'Nada desta configuração está em uso ainda.',
  'try.nowOf': 'Hoje, pela versão {{ number }}',
  'try.nowSame': 'o mesmo',
  'try.readAs': 'Lida como {{ url }}',
  'try.recent': 'Testadas antes',
  'try.resolved': 'Endereço do nome (opcional)',
  'try.resolvedHint': 'O que o resolvedor do proxy responderia.',
  'try.rule': 'Regra {{ row }}: {{ rule }}',
  'try.said': '{{ verdict }}, {{ by }}.',
  'try.saidWithoutRule': '{{ verdict }}.',
  'try.thenList': ', depois ',
  'try.title': 'Testar uma rota',
  'try.url': 'URL ou host:porta',
  'try.why': 'Por quê',
  'verdict.denied': 'Recusada',
  'verdict.depends_on_address': 'Depende do endereço',
  'verdict.direct': 'Direto',
  'verdict.parent': 'Pelos pais',
}
