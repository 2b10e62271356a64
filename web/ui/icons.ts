/** Every icon the app uses, imported one by one: the package's barrel makes builds fifty times slower. */

import Archive from 'lucide-solid/icons/archive'
import ArrowDown from 'lucide-solid/icons/arrow-down'
import Swap from 'lucide-solid/icons/arrow-left-right'
import ArrowRight from 'lucide-solid/icons/arrow-right'
import ArrowUp from 'lucide-solid/icons/arrow-up'
import Bookmark from 'lucide-solid/icons/bookmark'
import Chart from 'lucide-solid/icons/chart-line'
import Check from 'lucide-solid/icons/check'
import ChevronRight from 'lucide-solid/icons/chevron-right'
import ChevronsUpDown from 'lucide-solid/icons/chevrons-up-down'
import CircleAlert from 'lucide-solid/icons/circle-alert'
import CircleCheck from 'lucide-solid/icons/circle-check'
import CircleDashed from 'lucide-solid/icons/circle-dashed'
import CircleMinus from 'lucide-solid/icons/circle-minus'
import CircleHelp from 'lucide-solid/icons/circle-question-mark'
import CircleX from 'lucide-solid/icons/circle-x'
import ClipboardPaste from 'lucide-solid/icons/clipboard-paste'
import Clock from 'lucide-solid/icons/clock'
import Copy from 'lucide-solid/icons/copy'
import Clone from 'lucide-solid/icons/copy-plus'
import CornerDownLeft from 'lucide-solid/icons/corner-down-left'
import Download from 'lucide-solid/icons/download'
import Ellipsis from 'lucide-solid/icons/ellipsis'
import FileSliders from 'lucide-solid/icons/file-sliders'
import GitCompare from 'lucide-solid/icons/git-compare'
import Grip from 'lucide-solid/icons/grip-vertical'
import Picture from 'lucide-solid/icons/image'
import Keyboard from 'lucide-solid/icons/keyboard'
import Link from 'lucide-solid/icons/link'
import Loader from 'lucide-solid/icons/loader'
import LogOut from 'lucide-solid/icons/log-out'
import Menu from 'lucide-solid/icons/menu'
import Monitor from 'lucide-solid/icons/monitor'
import Moon from 'lucide-solid/icons/moon'
import PanelLeft from 'lucide-solid/icons/panel-left'
import Plus from 'lucide-solid/icons/plus'
import Redo from 'lucide-solid/icons/redo-2'
import Refresh from 'lucide-solid/icons/refresh-cw'
import History from 'lucide-solid/icons/rotate-ccw-clock'
import Route from 'lucide-solid/icons/route'
import ScrollText from 'lucide-solid/icons/scroll-text'
import Search from 'lucide-solid/icons/search'
import Server from 'lucide-solid/icons/server'
import Settings from 'lucide-solid/icons/settings'
import ShieldCheck from 'lucide-solid/icons/shield-check'
import Sliders from 'lucide-solid/icons/sliders-horizontal'
import Sun from 'lucide-solid/icons/sun'
import Table from 'lucide-solid/icons/table'
import Trash from 'lucide-solid/icons/trash'
import TriangleAlert from 'lucide-solid/icons/triangle-alert'
import Undo from 'lucide-solid/icons/undo-2'
import Users from 'lucide-solid/icons/users'
import WifiOff from 'lucide-solid/icons/wifi-off'
import Close from 'lucide-solid/icons/x'
import Zap from 'lucide-solid/icons/zap'
import { drawn } from './drawn.ts'

export const ArchiveIcon = drawn(Archive)
export const ArrowDownIcon = drawn(ArrowDown)
export const SwapIcon = drawn(Swap)
export const ArrowRightIcon = drawn(ArrowRight)
export const ArrowUpIcon = drawn(ArrowUp)
export const BookmarkIcon = drawn(Bookmark)
export const ChartIcon = drawn(Chart)
export const CheckIcon = drawn(Check)
export const ChevronRightIcon = drawn(ChevronRight)
export const ChevronsUpDownIcon = drawn(ChevronsUpDown)
export const CircleAlertIcon = drawn(CircleAlert)
export const CircleCheckIcon = drawn(CircleCheck)
export const CircleDashedIcon = drawn(CircleDashed)
export const CircleMinusIcon = drawn(CircleMinus)
export const CircleHelpIcon = drawn(CircleHelp)
export const CircleXIcon = drawn(CircleX)
export const ClipboardPasteIcon = drawn(ClipboardPaste)
export const ClockIcon = drawn(Clock)
export const CopyIcon = drawn(Copy)
export const CloneIcon = drawn(Clone)
export const CornerDownLeftIcon = drawn(CornerDownLeft)
export const DownloadIcon = drawn(Download)
export const EllipsisIcon = drawn(Ellipsis)
export const FileSlidersIcon = drawn(FileSliders)
export const GitCompareIcon = drawn(GitCompare)
export const GripIcon = drawn(Grip)
export const ImageIcon = drawn(Picture)
export const KeyboardIcon = drawn(Keyboard)
export const LinkIcon = drawn(Link)
export const LoaderIcon = drawn(Loader)
export const LogOutIcon = drawn(LogOut)
export const MenuIcon = drawn(Menu)
export const MonitorIcon = drawn(Monitor)
export const MoonIcon = drawn(Moon)
export const PanelLeftIcon = drawn(PanelLeft)
export const PlusIcon = drawn(Plus)
export const RedoIcon = drawn(Redo)
export const RefreshIcon = drawn(Refresh)
export const HistoryIcon = drawn(History)
export const RouteIcon = drawn(Route)
export const ScrollTextIcon = drawn(ScrollText)
export const SearchIcon = drawn(Search)
export const ServerIcon = drawn(Server)
export const SettingsIcon = drawn(Settings)
export const ShieldCheckIcon = drawn(ShieldCheck)
export const SlidersIcon = drawn(Sliders)
export const SunIcon = drawn(Sun)
export const TableIcon = drawn(Table)
export const TrashIcon = drawn(Trash)
export const TriangleAlertIcon = drawn(TriangleAlert)
export const UndoIcon = drawn(Undo)
export const UsersIcon = drawn(Users)
export const WifiOffIcon = drawn(WifiOff)
export const CloseIcon = drawn(Close)
export const ZapIcon = drawn(Zap)
