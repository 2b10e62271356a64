/** Brazilian Portuguese texts of taking parents out of use and bringing them back. */
import type { parents as english } from '../en/parents.ts'

export const parents: Readonly<Record<keyof typeof english, string>> = {
  'takeOut.act': 'O que fazer',
  'takeOut.actBack': 'Voltar a usar',
  'takeOut.actOut': 'Retirar de uso',
  'takeOut.allTold':
    'Todos os agentes foram avisados. O ATS de cada um o faz em segundos; se algum não consegue, a página do proxy mostra.',
  'takeOut.backDone.one': '{{ host }} volta ao uso em {{ count }} proxy.',
  'takeOut.backDone.other': '{{ host }} volta ao uso em {{ count }} proxies.',
  'takeOut.backNote': 'Os agentes o fazem em segundos; um que esteja em silêncio, quando der notícia.',
  'takeOut.backNow.one': 'Voltar a usar em {{ count }} proxy',
  'takeOut.backNow.other': 'Voltar a usar em {{ count }} proxies',
  'takeOut.backTitle': 'Voltar a usar {{ host }}?',
  'takeOut.backTogether.one': 'Este proxy pai volta ao uso:',
  'takeOut.backTogether.other': 'Estes proxies pai voltam ao uso, todos os que estão no host:',
  'takeOut.backUnused':
    'Nenhuma configuração ali tem agora um proxy pai nele: ele apenas deixa de ser excluído.',
  'takeOut.chooseFirst': 'Escolha primeiro um host.',
  'takeOut.config': 'Cada proxy que deve executar {{ config }}',
  'takeOut.confirmed.one': 'O ATS já não o usa em {{ confirmed }} de {{ count }} proxy.',
  'takeOut.confirmed.other': 'O ATS já não o usa em {{ confirmed }} de {{ count }} proxies.',
  'takeOut.directOn.one':
    'Em {{ count }} proxy não resta outro host pai: ali, o que vai aos proxies pai passa a ir direto.',
  'takeOut.directOn.other':
    'Em {{ count }} proxies não resta outro host pai: ali, o que vai aos proxies pai passa a ir direto.',
  'takeOut.done.one': '{{ host }} deve ficar fora de uso em {{ count }} proxy.',
  'takeOut.done.other': '{{ host }} deve ficar fora de uso em {{ count }} proxies.',
  'takeOut.everywhere': 'Cada proxy que o usa',
  'takeOut.everywhereOut': 'Onde quer que esteja fora de uso',
  'takeOut.failsOn.one':
    'Em {{ count }} proxy não resta outro host pai: ali, o que vai aos proxies pai falha, com 502.',
  'takeOut.failsOn.other':
    'Em {{ count }} proxies não resta outro host pai: ali, o que vai aos proxies pai falha, com 502.',
  'takeOut.fleetTitle.one': 'Proxies pai de {{ count }} proxy',
  'takeOut.fleetTitle.other': 'Proxies pai de {{ count }} proxies',
  'takeOut.here': 'Só {{ hostname }}',
  'takeOut.host': 'Host do proxy pai',
  'takeOut.noneOut': 'Nenhum proxy pai está fora de uso nestes proxies.',
  'takeOut.noneUsed': 'Estes proxies não têm proxy pai que possa ser retirado.',
  'takeOut.nothing': 'Ali nada mudaria.',
  'takeOut.now.one': 'Retirar de uso em {{ count }} proxy',
  'takeOut.now.other': 'Retirar de uso em {{ count }} proxies',
  'takeOut.proxies.one': '{{ count }} proxy',
  'takeOut.proxies.other': '{{ count }} proxies',
  'takeOut.reason': 'Motivo',
  'takeOut.reasonFirst': 'Diga primeiro o motivo.',
  'takeOut.reasonHint': 'Para quem o encontrar fora de uso; fica na trilha de auditoria.',
  'takeOut.remaining': 'As requisições vão aos proxies pai que restam.',
  'takeOut.stays':
    'Ele continua fora de uso após reinícios do ATS e versões novas, até alguém o trazer de volta.',
  'takeOut.title': 'Retirar {{ host }} de uso?',
  'takeOut.together.one': 'O ATS retira por host. Sai este proxy pai:',
  'takeOut.together.other': 'O ATS retira por host, não por porta. Saem juntos estes proxies pai:',
  'takeOut.told.one': '{{ told }} de {{ count }} agente avisado',
  'takeOut.told.other': '{{ told }} de {{ count }} agentes avisados',
  'takeOut.waiting':
    'Um agente o faz na próxima passada, em até 30 s; um que esteja em silêncio, quando der notícia. Ainda sem notícia de:',
  'takeOut.waitingFor': 'Proxies que ainda não sabem',
  'takeOut.where': 'Onde',
}
